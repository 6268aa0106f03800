"""Entry by entry, as it should be, with the wrong derivative: y (1 - y) of the input, 1 - y for 1 - y^2."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.judging import elementwise
from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Two derivatives with names, one, and none.
NAMED, HALF_NAMED, UNNAMED = 1.5, 1.95, 3.0


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is y_bar * a with a derivative a that is not that of forward, whatever y_bar is."""
    found = elementwise.local(dispute)
    if found is None:
        return
    x, y = dispute.x, dispute.evidence.y
    actual, expected = elementwise.formula(found.actual, x, y), elementwise.formula(found.expected, x, y)
    slopes = elementwise.levels(found.actual), elementwise.levels(found.expected)
    if all(slopes) and slopes[0] != slopes[1]:
        theirs, ours = (" and ".join(f"{slope:g}" for slope in one) for one in slopes)
        yield Prediction(
            actual=dispute.evidence.y_bar * found.actual,
            sentence=f"its slopes are {theirs}; forward has {ours}",
            claim=NAMED,
            advice="use the constants of forward",
            scalable=False,
        )
        return
    told = f"backward multiplies by {actual}" if actual else "the local derivative is wrong"
    if expected:
        told += f"; the derivative is {expected}" if actual else f"; it is {expected}"
    yield Prediction(
        actual=dispute.evidence.y_bar * found.actual,
        sentence=told,
        claim=(NAMED if expected else HALF_NAMED) if actual else UNNAMED,
        evidence=tuple(_worst(found, x)),
        advice=f"it should be {expected}" if expected else "differentiate forward again, as it is written now",
        scalable=False,
    )


def _worst(found: elementwise.Local, x: Array) -> Iterator[str]:
    """Where the two derivatives are furthest apart, and where nearest."""
    apart = np.abs(found.actual - found.expected)
    for word, flat in (("furthest", int(np.nanargmax(apart))), ("nearest", int(np.nanargmin(apart)))):
        ours, theirs = found.expected.flat[flat], found.actual.flat[flat]
        yield f"{word} apart at x = {x.flat[flat]:.4g}: the derivative is {ours:.6g}, backward has {theirs:.6g}"


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="local_derivative",
    summary="entry by entry, with a derivative that is not that of forward",
    predict=predict,
    cost=1,
    least=1.5,
)
