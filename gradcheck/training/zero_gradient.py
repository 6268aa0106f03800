"""A parameter's gradient is zero though the loss depends on it."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import losses, names, right, undecided, verb
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Where a gradient is exactly zero in every entry, ask the loss whether it should be."""
    zero = [name for name in observed.trained if _is_zero(observed, name)]
    if not zero:
        return right("no gradient is zero", len(observed.trained))
    wrong = [name for name in zero if observed.slopes[name].outcome is Outcome.FAILED]
    if not wrong:
        return undecided(f"{names(zero)}: the gradient is 0, and so is the slope of the loss as far as it can be told")
    evidence = [f"{name}: gradient 0, the loss has slope {observed.slopes[name].measured:+.4g}" for name in wrong[:3]]
    them = verb(wrong, "it", "them")
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the gradient of {names(wrong)} is 0 in every entry, though the loss depends on {them}",
        compared=len(zero),
        evidence=(*evidence, losses(observed.walk)),
        meaning="These weights never move: backward does not compute their gradient, or a cut graph hands back zeros.",
        next_step="See what backward stores for them: nothing, under another name, or into an array nobody reads.",
    )


def _is_zero(observed: Observed, name: str) -> bool:
    gradient = observed.gradients.get(name)
    return gradient is not None and not np.any(gradient)


CAUSE = Cause(name="zero_gradient", summary="parameters whose gradient is zero", stage=Stage.GRADIENT, examine=examine)
