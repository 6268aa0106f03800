"""The gradient times a constant: a mean for a sum, a forgotten half, a learning rate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.judging import factors, fitting
from gradcheck.types import Dispute, HypothesisOfError, Prediction

#: Entries that one free number must explain before it counts as an explanation.
FEWEST_ENTRIES = 3
#: A constant without a name is a free number.
UNNAMED = 2.75
NAMED = 1.0


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """The constant c of actual = c * expected, and what it is."""
    evidence = dispute.evidence
    expected = dispute.expected[evidence.name]
    whole = Prediction(actual=expected, sentence="", claim=NAMED)
    factor = fitting.factor(whole, evidence)
    if factor is None or abs(factor) <= factors.NEAR or abs(factor + 1.0) <= factors.NEAR:
        return
    name = factors.named(factor, dispute.subject, dispute.settings)
    informative = int(np.count_nonzero(np.abs(expected) > fitting.tolerance(evidence, expected)))
    if not name and informative < FEWEST_ENTRIES:
        return
    yield Prediction(
        actual=factor * expected,
        sentence=factors.describe(factor, dispute.subject, dispute.settings),
        claim=NAMED if name else UNNAMED,
        evidence=(f"actual / expected is {factor:.9g} on {informative} of {expected.size} entries; the others are 0",)
        if informative < expected.size
        else (f"actual / expected is {factor:.9g} on every entry",),
        advice=factors.advice(factor, dispute.subject, dispute.settings),
        scalable=False,
    )


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="scale", summary="the gradient is right up to a constant factor", predict=predict
)
