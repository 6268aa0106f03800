"""The gradients are gone by the time the optimizer is called."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.standing import Reason
from gradcheck.trials.words import losses, names, right, rms, verb
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Gradients that backward computes and that are None or 0 when they are used."""
    still = [name for name, reason in observed.still.items() if reason is Reason.CLEARED]
    if not still:
        return right("the gradients are there when they are used", len(observed.trained))
    used = observed.walk.used[0]
    handed = None if used is None else used.get(still[0])
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the gradient of {names(still)} is gone when the optimizer is called",
        compared=len(observed.trained),
        evidence=(
            (
                f"{still[0]}: {rms(observed.gradients[still[0]]):.4g} after backward, "
                f"{'None' if handed is None else '0'} when it is used, in each of {len(observed.walk.used)} steps"
            ),
            losses(observed.walk),
        ),
        meaning=f"The optimizer is called with nothing, which moves {verb(still, 'it', 'them')} nowhere.",
        next_step="Order the loop: zero_grad, forward, backward, step; clear nothing between the last two.",
    )


CAUSE = Cause(
    name="gradients_cleared", summary="gradients are cleared before they are used", stage=Stage.USE, examine=examine
)
