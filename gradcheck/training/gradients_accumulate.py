"""Gradients of earlier steps are still there when the optimizer is called."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right, rms, undecided
from gradcheck.types import Array, Diagnosis, Outcome

#: Sums of gradients agree to rounding; in float32 with a large margin.
AGREE = 1e-3
#: What earlier steps left must be this large a part to be told from rounding.
SEEN = 1e-2


def examine(observed: Observed) -> Diagnosis:
    """Compare what the optimizer held at its second call with the gradient there, and with the sum of both."""
    walk = observed.walk
    if len(walk.used) < 2 or len(walk.points) < 2:
        return no_evidence("two steps could not be seen")
    first, second = walk.used[:2]
    if first is None or second is None:
        return no_evidence("the gradients that were used could not be seen")
    fresh = (observed.gradients, observed.trial.gradients_at(walk.points[1]))
    moving = [name for name in observed.trained if name not in observed.static]
    names = [name for name in moving if all(_there(held.get(name)) for held in (*fresh, first, second))]
    summed = [name for name in names if _is_sum(first[name], second[name], fresh[0][name], fresh[1][name])]
    if not summed:
        return right("the gradients used in the second step are those of the second step", len(names))
    if len(summed) * 2 < len(names):
        return undecided(f"{len(summed)} of {len(names)} gradients look like a sum of two steps")
    name = summed[0]
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline="gradients are never zeroed: the second step uses those of the first once more",
        compared=len(names),
        evidence=(
            (
                f"{name}: of size {rms(fresh[0][name]):.4g} in step 1, {rms(fresh[1][name]):.4g} in step 2, "
                f"{rms(second[name]):.4g} in the optimizer's hands"
            ),
            f"it is the sum of both in {len(summed)} of {len(names)} parameters",
        ),
        meaning="Every step adds all gradients before it: the steps grow, circle and diverge.",
        next_step="Call zero_grad() before backward in every step, or let backward overwrite what is there.",
    )


def _there(gradient: Array | None) -> bool:
    return gradient is not None and bool(np.any(gradient))


def _is_sum(used0: Array | None, used1: Array | None, fresh0: Array | None, fresh1: Array | None) -> bool:
    if used0 is None or used1 is None or fresh0 is None or fresh1 is None:
        return False
    first, second = used0.astype(np.float64), used1.astype(np.float64)
    # Relative to what was used first: a clipped or averaged gradient is a multiple of the fresh one.
    excess, size = rms(second - fresh1), rms(fresh0)
    return excess > SEEN * size and rms(second - fresh1 - first) < AGREE * max(rms(first), rms(second))


CAUSE = Cause(
    name="gradients_accumulate", summary="gradients are not zeroed between steps", stage=Stage.USE, examine=examine
)
