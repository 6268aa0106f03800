"""A step of the training raises."""

from __future__ import annotations

from gradcheck.trials.finding import Finding, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.standing import Reason
from gradcheck.trials.words import names, right
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Name what was raised, where a step could not be taken."""
    still = [name for name, reason in observed.still.items() if reason is Reason.STEP_RAISES]
    if not still:
        return right("every step ran", len(observed.trained))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"step {observed.walk.steps + 1} raised {observed.walk.error}"[:100],
        compared=len(observed.trained),
        evidence=(observed.walk.error, f"{names(still)} did not move"),
        meaning="The loop ends there, or goes on without this step.",
        next_step="Mend what raises; the evaluation of the loss and its gradients alone went well.",
    )


FINDING = Finding(name="step_raises", summary="a step raises", stage=Stage.UPDATE, examine=examine)
