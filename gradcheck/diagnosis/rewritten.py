"""The right gradient, rewritten on its way out: clipped, normalised, or reduced to its sign."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.numerics import steps
from gradcheck.types import Dispute, HypothesisOfError, Prediction

#: Entries at the bound before a bound is believed.
FEWEST_CLIPPED = 2
ADVICE = "what an optimizer does to gradients does not belong in backward"


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """The expected gradient clipped, divided by its norm, or reduced to its sign."""
    expected = dispute.expected[dispute.evidence.name]
    actual = dispute.actual.get(dispute.evidence.name)
    if actual is None or actual.shape != expected.shape or expected.size < 2 or not np.all(np.isfinite(actual)):
        return
    bound = steps.largest(actual)
    if np.count_nonzero(np.abs(actual) >= bound * (1.0 - 1.0e-12)) >= FEWEST_CLIPPED and bound < steps.largest(
        expected
    ):
        clipped = np.clip(expected, -bound, bound)
        yield Prediction(
            actual=clipped, sentence=f"it is clipped at {bound:g}", claim=1.5, advice=ADVICE, scalable=False
        )  # fmt: skip
        size = float(np.mean(np.abs(actual)))
        yield Prediction(
            actual=size * np.sign(expected),
            sentence=f"only its sign is used: every entry is {size:.6g} or its negative",
            claim=1.5,
            advice="the size of the error is lost: the derivative of an absolute value may stand for that of a square",
            scalable=False,
        )
    norm = steps.norm(expected)
    if norm > 0.0:
        yield Prediction(
            actual=expected / norm, sentence=f"it is divided by its norm, {norm:.6g}", claim=1.5, advice=ADVICE
        )
        highest = steps.largest(expected)
        yield Prediction(
            actual=expected / highest, sentence=f"it is divided by its largest entry, {highest:.6g}", claim=1.5,
            advice=ADVICE,
        )  # fmt: skip


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="rewritten",
    summary="the right gradient clipped, normalised, or reduced to its sign",
    predict=predict,
    least=1.5,
)
