"""The gradient with the other sign."""

from __future__ import annotations

from collections.abc import Iterator

from gradcheck.types import Dispute, HypothesisOfError, Prediction


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """The expected gradient negated."""
    yield Prediction(
        actual=-dispute.expected[dispute.evidence.name],
        sentence="actual = -expected: the sign is wrong",
        claim=1.0,
        advice="a sign may be flipped",
        scalable=False,
    )


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="sign", summary="the gradient has the other sign", predict=predict, least=1.0
)
