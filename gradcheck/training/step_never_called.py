"""The loop never calls the optimizer."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.standing import Reason
from gradcheck.trials.words import losses, names, right
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Count the calls of the optimizer in the first steps of the loop."""
    still = [name for name, reason in observed.still.items() if reason is Reason.NEVER_CALLED]
    if not still:
        return right("the optimizer is called", len(observed.trained))
    optimizer = observed.setup.optimizer
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the optimizer is never called: {names(still)} did not move",
        compared=len(observed.trained),
        evidence=(
            f"0 calls of {type(optimizer).__name__}.{observed.setup.call_optimizer} in {observed.walk.steps} steps",
            losses(observed.walk),
        ),
        meaning="Gradients are computed and nobody uses them.",
        next_step="Call the optimizer's step after backward, in every step of the loop.",
    )


CAUSE = Cause(name="step_never_called", summary="the optimizer is never called", stage=Stage.UPDATE, examine=examine)
