"""One operation inside forward differentiated by a wrong formula: 1 - h for 1 - h^2 in a hidden layer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradcheck.judging import elementwise
from gradcheck.tracing.pulling import plain
from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Numbers of factors held together, 8 MB.
MOST_NUMBERS = 1_000_000
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
        kept = [value for node in operation.nodes if (value := _value(node)) is not None] if right else []
        if right is None or len(kept) < len(operation.nodes):
            continue
        variable = "y" if "y" in right else "x"
        for names, factors in _formulas(variable, right, kept):
            found = graph.multiplied(evidence.name, evidence.y_bar, operation, factors)
            for name, gradient in zip(names, found, strict=True):
                yield Prediction(
                    actual=gradient,
                    sentence=f"{operation.kind.lower()} in {operation.place} is differentiated as {name}, not {right}",
                    claim=1.9,
                    advice=f"it should be {right}, where {variable} is "
                    + ("its result" if variable == "y" else "what it is taken of"),
                )


def _formulas(variable: str, right: str, kept: Sequence[Array]) -> Iterator[tuple[list[str], list[list[Array]]]]:
    """The names of wrong formulas and what each comes to at every node, as many at a time as are held together."""
    together = zip(*(elementwise.alone(variable, value) for value in kept), strict=True)
    wrong = (of_nodes for of_nodes in together if of_nodes[0][0] != right)
    size = max(MOST_NUMBERS // max(sum(value.size for value in kept), 1), 1)

    def taken() -> list[tuple[tuple[str, Array], ...]]:
        with np.errstate(all="ignore"):
            return list(itertools.islice(wrong, size))

    while some := taken():
        factors = [[np.nan_to_num(factor) for _, factor in of_nodes] for of_nodes in some]
        yield [of_nodes[0][0] for of_nodes in some], factors


def _value(node: Any) -> Array | None:
    """What an operation keeps of forward: its result, or what it is taken of."""
    kept = getattr(node, "_saved_result", None)
    kept = getattr(node, "_saved_self", None) if kept is None else kept
    return plain(kept) if hasattr(kept, "detach") else None


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="inner_derivative",
    summary="one operation inside forward is differentiated by a wrong formula",
    predict=predict,
    cost=2,
    least=1.9,
)
