"""Weights that are all 0, so that nothing before or after them gets a gradient."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import names, right, verb
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Matrices of zeros whose gradient is zero too, and stays so after the first steps.

    One layer of zeros alone is no fault: it gets a gradient, and after a step the others do.
    """
    zero = [
        name for name in observed.trained
        if observed.start[name].ndim > 1 and not np.any(observed.start[name]) and _is_zero(observed, name)
    ]  # fmt: skip
    if len(zero) < 2 or any(name not in observed.static for name in zero):
        return right("no two matrices of zeros keep each other without a gradient", len(observed.trained))
    # Nothing of it is due to backward: away from zero the gradients are there.
    away = observed.trial.gradients_at(observed.elsewhere)
    if any(away[name] is None or not np.any(away[name]) for name in zero):
        return right("the gradients are zero for another reason", len(zero))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"{names(zero)} {verb(zero, 'is', 'are')} 0 at the start and can never leave it",
        compared=len(zero),
        evidence=(
            "their gradients are exactly 0, each being multiplied by another of them",
            "moved away from 0, every one of them has a gradient",
        ),
        meaning="At most the biases learn: the model answers alike whatever it reads.",
        next_step="Draw the initial weights at random (Xavier, He); zeros are for biases.",
    )


def _is_zero(observed: Observed, name: str) -> bool:
    gradient = observed.gradients.get(name)
    return gradient is not None and not np.any(gradient)


CAUSE = Cause(
    name="zero_initialisation", summary="weights of zeros without a gradient", stage=Stage.START, examine=examine
)
