"""A model that can learn at all learns one batch by heart."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.finding import Finding, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import losses, right, undecided
from gradcheck.types import Diagnosis, Outcome

#: Parts of the first loss: what must be reached to pass, and above what nothing was learnt.
LEARNT, NOTHING = 0.5, 0.95
#: Factors on the updates that are tried before it is said.
TRIED = (10.0, 100.0, 1000.0, 0.1)


def examine(observed: Observed) -> Diagnosis:
    """Take all steps on the one batch, then with longer and shorter updates; one of them must bring the loss down."""
    walk = observed.walk
    if walk.error or not np.isfinite(walk.first) or walk.first <= 0:
        return undecided("the steps could not be judged")
    if walk.lowest < LEARNT * walk.first:
        return right(f"the loss on one batch falls from {walk.first:.4g} to {walk.lowest:.4g}", walk.steps)
    if walk.lowest <= NOTHING * walk.first:
        return undecided(
            f"the loss on one batch falls from {walk.first:.4g} to {walk.lowest:.4g} in {walk.steps} steps"
        )
    others = {scale: observed.scaled(scale) for scale in TRIED}
    if any(other.lowest <= NOTHING * walk.first for other in others.values()):
        return undecided(f"the loss stays near {walk.first:.4g} and falls with other learning rates")
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the model cannot learn one batch: the loss stays near {walk.lowest:.4g}",
        compared=walk.steps,
        evidence=(losses(walk), *(f"times {scale:g}: {losses(other)}" for scale, other in list(others.items())[:2])),
        meaning="Gradients and updates are right: the model cannot express the answer, or the answer is not in the input.",
        next_step="Give the model more layers or units, and look at some inputs beside their targets.",
    )


FINDING = Finding(name="overfits_one_batch", summary="one batch cannot be learnt", stage=Stage.OUTCOME, examine=examine)
