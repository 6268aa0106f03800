"""A step leaves parameters as they are, and nothing else explains it."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.standing import Reason
from gradcheck.trials.words import losses, names, right, rms, verb
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """What remains: a gradient is there, and no step changes a bit."""
    still = [name for name, reason in observed.still.items() if reason is Reason.UNEXPLAINED]
    if not still:
        return right("every parameter with a gradient moves, or it is known why not", len(observed.trained))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"{observed.walk.steps} steps left {names(still)} as {verb(still, 'it was', 'they were')}",
        compared=len(observed.trained),
        evidence=(
            f"{still[0]}: gradient of size {rms(observed.gradients[still[0]]):.4g}, no bit changed",
            losses(observed.walk),
        ),
        meaning="The step does not write into the arrays the model reads, or does not run at all.",
        next_step="Update in place on the model's own arrays, and see that the step is reached.",
    )


CAUSE = Cause(name="static_weights", summary="parameters that no step changes", stage=Stage.UPDATE, examine=examine)
