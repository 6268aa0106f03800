"""The optimizer computes new values into arrays that are not the model's."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.standing import Reason
from gradcheck.trials.words import losses, names, right, rms, verb
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Parameters the optimizer was called for, with a gradient and a learning rate, that keep every bit."""
    still = [name for name, reason in observed.still.items() if reason is Reason.COPY]
    if not still:
        return right("the optimizer changes the model's own arrays", len(observed.trained))
    calls = observed.walk.calls
    times = "" if calls is None else f" {calls} times in {observed.walk.steps} steps"
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the optimizer updates {verb(still, 'a copy', 'copies')} of {names(still)}",
        compared=len(observed.trained),
        evidence=(
            (
                f"it was called{times}, the gradient of {still[0]} is {rms(observed.gradients[still[0]]):.4g}, "
                "and no bit of the model changed"
            ),
            losses(observed.walk),
        ),
        meaning="The new values are kept where the model does not read them.",
        next_step="Update in place, W -= ... or W[...] = ..., on the model's own arrays; W = W - ... makes a new one.",
    )


CAUSE = Cause(
    name="optimizer_updates_a_copy", summary="the optimizer changes other arrays", stage=Stage.UPDATE, examine=examine
)
