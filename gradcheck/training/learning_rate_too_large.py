"""The steps are too long: the loss diverges, and smaller ones bring it down."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import losses, right, undecided
from gradcheck.types import Diagnosis, Outcome

#: The loss at the end of a walk that diverged, in units of the loss at the start.
DIVERGED = 2.0
#: Smaller steps help where they end at this part of the start, or at none of what the others rose by.
HELPED = 0.9
#: Factors on the updates that are tried instead.
SMALLER = (0.1, 0.01, 0.001)


def examine(observed: Observed) -> Diagnosis:
    """Where the loss ends well above its start, walk again with every update a tenth, a hundredth, a thousandth."""
    walk = observed.walk
    if walk.error:
        return undecided("the steps could not all be taken")
    if np.isfinite(walk.last) and walk.last < DIVERGED * abs(walk.first) + walk.first - abs(walk.first):
        return right(f"the loss goes from {walk.first:.4g} to {walk.last:.4g}", walk.steps)
    for scale in SMALLER:
        smaller = observed.scaled(scale)
        if np.isfinite(smaller.last) and smaller.last < HELPED * walk.first:
            return Diagnosis(
                outcome=Outcome.FAILED,
                headline=f"the learning rate is too large: updates {scale:g} times as long bring the loss down",
                compared=walk.steps,
                evidence=(f"as it is: {losses(walk)}", f"times {scale:g}: {losses(smaller)}"),
                meaning="Each step jumps across the valley and lands higher on the other side.",
                next_step=f"Multiply the learning rate by {scale:g}, or warm it up, and clip the gradient.",
            )
    return undecided(f"the loss goes from {walk.first:.4g} to {walk.last:.4g}, and smaller steps do not help")


CAUSE = Cause(
    name="learning_rate_too_large", summary="the loss diverges, smaller steps help", stage=Stage.RATE, examine=examine
)
