"""The learning rate is 0."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.standing import Reason
from gradcheck.trials.words import losses, names, right, rms
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Read the learning rate the optimizer has for parameters that do not move."""
    still = [name for name, reason in observed.still.items() if reason is Reason.RATE_ZERO]
    if not still:
        return right("no learning rate is 0", len(observed.trained))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the learning rate of {names(still)} is 0",
        compared=len(observed.trained),
        evidence=(
            (
                f"{type(observed.setup.optimizer).__name__} says 0; the gradient of {still[0]} is "
                f"{rms(observed.gradients[still[0]]):.4g}"
            ),
            losses(observed.walk),
        ),
        meaning="Every update is 0 times the gradient.",
        next_step="Set the learning rate, and look at the schedule that may have set it to 0.",
    )


CAUSE = Cause(name="learning_rate_zero", summary="the learning rate is 0", stage=Stage.UPDATE, examine=examine)
