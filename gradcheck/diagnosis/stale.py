"""Right for an old copy of a parameter, kept where nobody refreshed it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction, Role


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the true gradient at the parameter as it was when the layer was made, or as it holds it elsewhere."""
    primals = dispute.subject.primals
    for name, parameter in primals.items():
        if dispute.subject.roles[name] is not Role.PARAMETER or parameter.size < 2:
            continue
        for where, copy in _copies(dispute, parameter):
            found = dispute.truth([dispute.evidence.y_bar], {**primals, name: copy})
            if found is not None:
                yield Prediction(
                    actual=found[0],
                    sentence=f"it is the gradient for an old `{name}`, as the layer's {where} has it",
                    claim=2.0,
                    advice=f"take `{name}` itself in backward, or refresh the copy in forward",
                )


def _copies(dispute: Dispute, parameter: Array) -> Iterator[tuple[str, Array]]:
    """Arrays that the layer holds, laid out as the parameter or transposed, with other numbers."""
    for where, value in dispute.settings.items():
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            continue
        for copy in (value, value.T) if value.ndim == 2 else (value,):
            # Ones, or zeros, are where gains and shifts begin: a gain that is left out looks like an old one.
            varies = copy.size > 0 and float(np.ptp(copy)) > 0.0
            if copy.shape == parameter.shape and varies and not np.array_equal(copy, parameter):
                yield f"attribute {where}", copy.astype(np.float64)


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="stale", summary="right for an old copy of a parameter", predict=predict, cost=1, least=2.0
)
