"""An operation of forward that backward passes over as if it were the identity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gradcheck.tracing.surgery import Edit
from gradcheck.types import Dispute, HypothesisOfError, Prediction

#: What these do is the identity already.
IDENTITIES = frozenset({"Add"})


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the gradient where one operation hands on what arrives, unchanged."""
    graph, evidence = dispute.graph, dispute.evidence
    if graph is None:
        return
    for operation in graph.operations:
        if operation.kind in IDENTITIES:
            continue
        for position in range(operation.operands):
            yield Prediction(
                actual=graph.edited(evidence.name, evidence.y_bar, operation, _passing(position)),
                sentence=f"{operation.kind.lower()} is passed over in {operation.place}",
                claim=1.8,
                advice=f"multiply by the derivative of {operation.kind.lower()} there",
            )


def _passing(position: int) -> Edit:
    """Hands an operand what arrives from above, where their shapes allow it."""

    def edit(_: Any, arriving: Sequence[Any], handed: Sequence[Any]) -> list[Any]:
        answer = list(handed)
        above, own = arriving[0] if arriving else None, handed[position]
        if above is None or own is None or above.dim() < own.dim():
            return answer
        padded = (1,) * (above.dim() - own.dim()) + tuple(own.shape)
        if all(n in {1, m} for n, m in zip(padded, above.shape, strict=True)):
            answer[position] = above.sum_to_size(own.shape)
        return answer

    return edit


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="passed_over", summary="an operation of forward is passed over", predict=predict, cost=2, least=1.8
)
