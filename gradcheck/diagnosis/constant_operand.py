"""An operand taken for a constant: a branch, a mean, a deviation or a gate that is not gone back through."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradcheck.judging import fitting
from gradcheck.tracing.surgery import Edit, Graph, Operation
from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Operands whose shares are taken in pairs as well.
MOST_IN_PAIRS = 12


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual lacks what flows through one operand of one operation, or two, or has it with another sign."""
    graph, evidence = dispute.graph, dispute.evidence
    if graph is None:
        return
    expected = dispute.expected[evidence.name]
    shares = list(_shares(graph, evidence.name, evidence.y_bar, expected, fitting.tolerance(evidence, expected)))
    for told, share in shares:
        yield Prediction(
            actual=expected - share,
            sentence=f"{told} is taken for a constant",
            claim=1.9,
            advice="it depends on the variable as well: its share of the gradient is missing",
        )
    for told, share in shares:
        yield Prediction(
            actual=expected - 2.0 * share, sentence=f"the share of {told} has the wrong sign", claim=2.2,
            advice="a sign may be flipped in this term",
        )  # fmt: skip
        yield Prediction(
            actual=expected + share, sentence=f"the share of {told} is counted twice", claim=2.3,
            advice="it may be added where it is added already",
        )  # fmt: skip
    for (first, one), (second, other) in itertools.combinations(shares[:MOST_IN_PAIRS], 2):
        yield Prediction(
            actual=expected - one - other,
            sentence=f"{first} and {second} are taken for constants",
            claim=2.9,
            advice="both depend on the variable: their shares of the gradient are missing",
        )


def _shares(graph: Graph, name: str, y_bar: Array, expected: Array, least: float) -> Iterator[tuple[str, Array]]:
    """What flows through each operand, where it is neither nothing nor everything; one of a kind is told."""
    known: list[Array] = []
    for operation in graph.operations:
        for position in range(operation.operands):
            share = expected - graph.edited(name, y_bar, operation, _without(position))
            parts = (share, expected - share)
            if any(float(np.max(np.abs(part))) <= least for part in parts):
                continue
            if any(float(np.max(np.abs(share - other))) <= least for other in known):
                continue
            known.append(share)
            yield _told(operation, position), share


def _without(position: int) -> Edit:
    def edit(_: Any, __: Sequence[Any], handed: Sequence[Any]) -> list[Any]:
        return [None if i == position or one is None else one for i, one in enumerate(handed)]

    return edit


def _told(operation: Operation, position: int) -> str:
    which = ("the first", "the second", "the third")[position] if position < 3 else f"the {position + 1}th"
    part = f"{which} operand of {operation.kind.lower()}" if operation.operands > 1 else operation.kind.lower()
    return f"{part} in {operation.place}"


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="constant_operand",
    summary="an operand of forward is taken for a constant: a branch, a mean, a gate",
    predict=predict,
    cost=2,
    least=1.9,
)
