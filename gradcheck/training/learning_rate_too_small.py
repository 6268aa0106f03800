"""The steps are too short: the loss barely moves, and longer ones bring it down."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import losses, right, undecided
from gradcheck.types import Diagnosis, Outcome

#: The part of what longer steps achieve below which the steps are too short by orders of magnitude.
BARELY = 0.01
#: What longer steps must achieve: the loss at their end, in units of its start.
ACHIEVED = 0.7
#: Factors on the updates that are tried instead.
LONGER = (100.0, 1000.0, 10000.0)
#: A loss that fell by this much needs no longer steps.
ENOUGH = 0.1


def examine(observed: Observed) -> Diagnosis:
    """Where the loss barely falls, walk again with every update a hundred to ten thousand times as long."""
    walk = observed.walk
    fall = walk.first - walk.lowest
    if walk.error or observed.static == observed.trained or walk.first <= 0:
        return undecided("the steps could not be judged")
    if not np.isfinite(fall) or fall > ENOUGH * walk.first:
        return right(f"the loss falls from {walk.first:.4g} to {walk.lowest:.4g}", walk.steps)
    for scale in LONGER:
        longer = observed.scaled(scale)
        achieved = longer.first - longer.last
        if np.isfinite(longer.last) and longer.last < ACHIEVED * longer.first and fall < BARELY * achieved:
            return Diagnosis(
                outcome=Outcome.FAILED,
                headline=f"the learning rate is too small: updates {scale:g} times as long bring the loss down",
                compared=walk.steps,
                evidence=(f"as it is: {losses(walk)}", f"times {scale:g}: {losses(longer)}"),
                meaning=f"In {walk.steps} steps the loss went {fall / achieved:.2%} of the way longer steps take it.",
                next_step=f"Multiply the learning rate by {scale / 10:g} to begin with.",
            )
    return right("longer steps would not do a hundred times better", walk.steps)


CAUSE = Cause(
    name="learning_rate_too_small",
    summary="the loss barely falls, longer steps help",
    stage=Stage.RATE,
    examine=examine,
)
