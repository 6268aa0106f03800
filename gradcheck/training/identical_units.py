"""Units that start alike and get the same gradient, so that they stay alike for ever."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import names, right, rms
from gradcheck.types import Array, Diagnosis, Outcome

#: Gradients of equal units differ by rounding alone, in float32 too.
SAME = 1e-5


def examine(observed: Observed) -> Diagnosis:
    """Matrices whose columns (or rows) are all equal and get gradients that are all equal and not 0."""
    looked, alike = 0, []
    for name in observed.trained:
        values, gradient = observed.start[name], observed.gradients.get(name)
        if values.ndim != 2 or min(values.shape) < 2 or gradient is None or gradient.shape != values.shape:
            continue
        looked += 1
        for axis in (0, 1):
            if _are_equal(values, axis) and np.any(gradient) and _are_equal(gradient, axis):
                alike.append((name, values.shape[axis]))
                break
    if not alike:
        return right("no layer has units that are all alike", max(looked, 1))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"all {alike[0][1]} units of {alike[0][0]} are the same and get the same gradient",
        compared=looked,
        evidence=(f"equal in value and in gradient: {names([name for name, _ in alike])}",),
        meaning="They remain copies of one another: the layer is as good as one unit, however wide it is.",
        next_step="Draw the initial weights at random, so that no two units begin alike.",
    )


def _are_equal(values: Array, axis: int) -> bool:
    first = np.take(values, [0], axis=axis)
    return bool(np.max(np.abs(values - first)) <= SAME * rms(values))


CAUSE = Cause(name="identical_units", summary="units that begin and stay alike", stage=Stage.START, examine=examine)
