"""A step of the training raises."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import right
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Name what was raised, where a step could not be taken."""
    walk = observed.walk
    if not walk.error:
        return right("every step ran", walk.steps)
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"step {walk.steps + 1} raised {walk.error}"[:100],
        compared=walk.steps + 1,
        evidence=(walk.error, f"{walk.steps} steps went well before it"),
        meaning="The loop ends there, or goes on without this step.",
        next_step="Mend what raises; the evaluation of the loss and its gradients alone went well.",
    )


CAUSE = Cause(name="step_raises", summary="a step raises", stage=Stage.UPDATE, examine=examine)
