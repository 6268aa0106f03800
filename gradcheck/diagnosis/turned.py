"""Right for a parameter that is turned: a transpose left out, a kernel not flipped."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction, Role

#: Axes up to which every order and every flip is tried.
MOST_AXES = 4


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the true gradient at the point where one parameter is transposed or flipped."""
    primals = dispute.subject.primals
    for name, parameter in primals.items():
        if name == dispute.evidence.name or dispute.subject.roles[name] is not Role.PARAMETER:
            continue
        for told, turned in _turned(parameter):
            found = dispute.truth([dispute.evidence.y_bar], {**primals, name: turned})
            if found is not None:
                yield Prediction(
                    actual=found[0],
                    sentence=f"it is the gradient for `{name}` {told}",
                    claim=2.0,
                    advice=f"a transpose or a flip of `{name}` may be missing in backward, or one too many",
                )


def _turned(parameter: Array) -> Iterator[tuple[str, Array]]:
    if not 2 <= parameter.ndim <= MOST_AXES:
        return
    for first, second in itertools.combinations(range(parameter.ndim), 2):
        if parameter.shape[first] == parameter.shape[second] > 1:
            told = "transposed" if parameter.ndim == 2 else f"with axes {first} and {second} exchanged"
            yield told, np.swapaxes(parameter, first, second)
        if parameter.shape[first] > 1 and parameter.shape[second] > 1:
            yield f"flipped along axes {first} and {second}", np.flip(parameter, (first, second))
    if parameter.ndim > 2:
        for axis in range(parameter.ndim):
            if parameter.shape[axis] > 1:
                yield f"flipped along axis {axis}", np.flip(parameter, axis)


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="turned", summary="right for a parameter that is transposed or flipped", predict=predict, cost=1, least=2.0
)
