"""A gradient that is zero, or missing, where it is not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.types import Dispute, HypothesisOfError, Prediction


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """A gradient of zeros, or none."""
    evidence = dispute.evidence
    if evidence.name not in dispute.actual:
        yield Prediction(
            actual=np.zeros(1),
            observed=np.zeros(1),
            sentence="there is no gradient",
            claim=0.0,
            advice="it may never be stored where the others are, or returned",
        )
        return
    yield Prediction(
        actual=np.zeros_like(dispute.expected[evidence.name]),
        sentence="actual is zero",
        claim=1.0,
        advice="it may never be written, or cut off on the way",
        scalable=False,
    )


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="never_written", summary="the gradient is zero or missing where it is not", predict=predict
)
