"""One operation inside forward differentiated by a wrong formula: 1 - h for 1 - h^2 in a hidden layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradcheck.judging import elementwise
from gradcheck.tracing.pulling import plain
from gradcheck.tracing.surgery import Edit
from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Operations that work entry by entry on one operand, and their derivatives as they are written here.
DERIVATIVES = {
    "Tanh": "1 - y^2",
    "Sigmoid": "y (1 - y)",
    "Exp": "y",
    "Log": "1 / x",
    "Sin": "cos(x)",
    "Cos": "-sin(x)",
    "Sqrt": "1 / (2 y)",
}


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the gradient where one operation multiplies by a known formula that is not its derivative."""
    graph, evidence = dispute.graph, dispute.evidence
    if graph is None:
        return
    for operation in graph.operations:
        right = DERIVATIVES.get(operation.kind)
        if right is None or any(_value(node) is None for node in operation.nodes):
            continue
        variable = "y" if "y" in right else "x"
        for name in elementwise.names(variable):
            if name != right:
                yield Prediction(
                    actual=graph.edited(evidence.name, evidence.y_bar, operation, _by(name)),
                    sentence=f"{operation.kind.lower()} in {operation.place} is differentiated as {name}, not {right}",
                    claim=1.9,
                    advice=f"it should be {right}, where {variable} is "
                    + ("its result" if variable == "y" else "what it is taken of"),
                )


def _value(node: Any) -> Array | None:
    """What an operation keeps of forward: its result, or what it is taken of."""
    kept = getattr(node, "_saved_result", None)
    kept = getattr(node, "_saved_self", None) if kept is None else kept
    return plain(kept) if hasattr(kept, "detach") else None


def _by(name: str) -> Edit:
    """Multiplies what arrives by a formula of what the operation keeps."""

    def edit(node: Any, arriving: Sequence[Any], handed: Sequence[Any]) -> Sequence[Any]:
        value, above = _value(node), arriving[0]
        derivative = None if value is None else elementwise.evaluated(name, value, value)
        if derivative is None or above is None or above.shape != derivative.shape:
            return handed
        return [above * above.new_tensor(np.nan_to_num(derivative))]

    return edit


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="inner_derivative",
    summary="one operation inside forward is differentiated by a wrong formula",
    predict=predict,
    cost=2,
    least=1.9,
)
