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
#: How much larger the batch is at which a factor is looked at again, and to what share it is then the same.
MORE_ROWS, SAME = 3, 1.0e-4


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
    batch, confirmed = _is_batch(dispute, factor) if factors.BATCH in name else (True, "")
    told = f"actual / expected is {factor:.9g} on " + (
        f"{informative} of {expected.size} entries; the others are 0" if informative < expected.size else "every entry"
    )
    yield Prediction(
        actual=factor * expected,
        sentence=factors.describe(factor, dispute.subject, dispute.settings, batch=batch),
        claim=NAMED if name else UNNAMED,
        evidence=(told, confirmed) if confirmed else (told,),
        advice=factors.advice(factor, dispute.subject, dispute.settings, batch=batch),
        scalable=False,
    )


def _is_batch(dispute: Dispute, factor: float) -> tuple[bool, str]:
    """Whether a factor that is the batch size, or one over it, goes with the batch, and how that was seen."""
    there = dispute.at_batch(MORE_ROWS)
    weight = float(np.sum(np.square(there[0]))) if there is not None else 0.0
    if there is None or weight == 0.0:
        return True, ""
    other = float(np.sum(there[0] * there[1])) / weight
    stays = abs(other - factor) <= SAME * abs(factor)
    return not stays, f"with {MORE_ROWS} rows more it is {other:.9g}"


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="scale", summary="the gradient is right up to a constant factor", predict=predict, least=1.0
)
