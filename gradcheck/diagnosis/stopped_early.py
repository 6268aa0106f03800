"""The gradient by something that forward computes on the way: the way back ends before the variable."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.types import Dispute, HypothesisOfError, Prediction


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the true gradient by an intermediate result of the variable's shape."""
    graph, evidence = dispute.graph, dispute.evidence
    if graph is None:
        return
    for operation, arriving in graph.arriving(evidence.y_bar):
        if arriving.shape == evidence.shape and arriving.size > 1 and np.any(arriving):
            yield Prediction(
                actual=arriving,
                sentence=f"it is the gradient by what {operation.place} computes, not by `{evidence.name}`",
                claim=3.2,
                advice="go on from there to the variable",
            )


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="stopped_early", summary="the way back ends before the variable", predict=predict, cost=2, least=3.2
)
