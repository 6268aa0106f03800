"""A mask, or the choice of a branch, that is missing, inverted, drawn anew, or taken from something else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.judging import elementwise
from gradcheck.types import Dispute, HypothesisOfError, Prediction


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Where forward has two slopes entry by entry, backward has them elsewhere."""
    evidence = dispute.evidence
    y_bar, actual = evidence.y_bar, evidence.actual
    found = elementwise.local(dispute)
    if found is None:
        return
    slopes = elementwise.levels(found.expected)
    if len(slopes) != 2:
        return
    low, high = slopes
    is_high = elementwise.near(found.expected, high)
    closed = f"{low:g}" if low else "zero"
    yield Prediction(
        actual=y_bar * high,
        sentence=f"the mask is missing: the slope is {high:g} everywhere, {closed} where it is closed",
        claim=1.25,
        advice="multiply by the mask of forward",
        scalable=False,
    )
    yield Prediction(
        actual=y_bar * np.where(is_high, low, high),
        sentence="the mask is inverted" if low == 0.0 else f"the two slopes {high:g} and {low:g} are exchanged",
        claim=1.25,
        advice="exchange the two branches, or turn the comparison around",
        scalable=False,
    )
    for sign, told in ((1.0, "positive"), (-1.0, "negative")):
        yield Prediction(
            actual=y_bar * np.where(sign * y_bar > 0.0, high, low),
            sentence=f"the mask is taken where the upstream gradient is {told}, not from the input",
            claim=1.25,
            advice="keep the mask of forward and use it",
            scalable=False,
        )
    for k in range(y_bar.shape[0] if y_bar.ndim > 1 else 0):
        which = {0: "the first sample", y_bar.shape[0] - 1: "the last sample"}.get(k, f"sample {k}")
        yield Prediction(
            actual=y_bar * np.broadcast_to(np.where(is_high[k], high, low), y_bar.shape),
            sentence=f"the mask of {which} is used for all of them",
            claim=1.5,
            advice="keep the mask of the whole batch",
            scalable=False,
        )
    drawn = np.divide(actual, y_bar, out=np.zeros_like(y_bar), where=y_bar != 0.0)
    if elementwise.levels(drawn) == slopes:
        agreeing = int(np.count_nonzero(elementwise.near(drawn, high) == is_high))
        yield Prediction(
            actual=actual,
            sentence=f"another mask than forward's: they agree on {agreeing} of {drawn.size} entries",
            claim=2.75,
            advice="keep the mask that forward drew",
            scalable=False,
        )


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="mask",
    summary="a mask is missing, inverted, drawn anew, or taken from elsewhere",
    predict=predict,
    cost=1,
    least=1.25,
)
