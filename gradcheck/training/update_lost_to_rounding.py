"""The update is too small for the number it is added to."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.holders import spacing, type_name
from gradcheck.trials.observed import Observed
from gradcheck.trials.standing import Reason
from gradcheck.trials.words import losses, names, right
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """The same step moves the parameter once it is 0, where the digits are finest."""
    still = [name for name, reason in observed.still.items() if reason is Reason.ROUNDING]
    if not still:
        return right("no update is lost to rounding", len(observed.trained))
    values = observed.start[still[0]]
    with observed.trial.fresh():
        holder = observed.trial.holders()[still[0]]
    gap, kind = float(np.median(spacing(holder, values))), type_name(holder, values)
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the update of {names(still)} is lost to rounding in {kind}",
        compared=len(observed.trained),
        evidence=(
            f"{still[0]}: entries of about {np.median(np.abs(values)):.4g}, the next {kind} is {gap:.2g} away",
            "set to 0, the same step moves it",
            losses(observed.walk),
        ),
        meaning="The sum of a large number and a small update is the large number.",
        next_step="Keep the weights in float32 or float64, or scale them and the learning rate so that updates count.",
    )


CAUSE = Cause(
    name="update_lost_to_rounding", summary="updates are lost to rounding", stage=Stage.UPDATE, examine=examine
)
