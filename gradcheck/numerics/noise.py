"""How exact a function is: its relative noise along a line."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gradcheck.numerics.stencils import Stencil
from gradcheck.numerics.steps import EPSILON
from gradcheck.types import Array

#: Variance of the fourth difference of independent values of variance 1: 1 + 16 + 36 + 16 + 1.
FOURTH_DIFFERENCE_VARIANCE = 70.0

#: A correctly rounded output of a few operations carries at most about four units in the last place.
ROUNDINGS_PER_OUTPUT = 4.0

#: Step of the noise measurement, in units of the direction: (1e-6)^4 leaves nothing of a smooth function.
MEASURING_STEP = 4.0e-6
#: Growth of that step while F does not resolve it, and where to stop.
STEP_GROWTH = 10.0
LARGEST_STEP = 1.0

#: Relative noise from which on F cannot be differentiated at all: half of float16's digits are gone.
UNREPEATABLE = 1.0e-2


def relative_noise(stencil: Stencil) -> float:
    """Median over outputs of the standard deviation of the noise divided by the output's magnitude.

    sigma_j = |Delta^4 F_j| / sqrt(70); the median, so that a few kinked outputs do not count.
    Source: More and Wild, Estimating computational noise, SISC 33 (2011), with one order of difference.
    """
    magnitude = stencil.magnitude()
    used = np.isfinite(magnitude) & (magnitude > 0.0)
    if not np.any(used):
        return EPSILON
    fourth = np.abs(stencil.fourth_difference())[used]
    fourth = fourth[np.isfinite(fourth)]
    if fourth.size == 0:
        return EPSILON
    # Relative to the typical magnitude of the outputs: a small output of a sum of large terms is as noisy as they are.
    typical = math.sqrt(float(np.mean(np.square(magnitude[used] / np.max(magnitude[used]))))) * float(
        np.max(magnitude[used])
    )
    deviation = float(np.median(fourth)) / math.sqrt(FOURTH_DIFFERENCE_VARIANCE) / typical
    return max(EPSILON, deviation)


def measure(along: Callable[[float], Array], base: Array) -> float:
    """Measure the relative noise of F along one direction with four further evaluations, seldom more.

    Where most outputs do not move at all the step is below what the function resolves (float16 inside, a
    quantiser); it grows until they do, as More and Wild ask.

    Args:
        along: t -> F(t).
        base: F(0).

    Returns:
        The relative noise, at least float64's epsilon. Values at or above `UNREPEATABLE` mean that the same
        call does not give the same answer, or that F moves in jumps.
    """
    step = MEASURING_STEP
    while True:
        halves = along(step / 2.0), along(-step / 2.0)
        quarters = along(step / 4.0), along(-step / 4.0)
        stencil = Stencil(
            step=step, base=base, plus=(halves[0], halves[0], quarters[0]), minus=(halves[1], halves[1], quarters[1])
        )
        moved = np.count_nonzero((halves[0] != base) & (halves[1] != base))
        if 2 * moved >= base.size:
            return relative_noise(stencil)
        step *= STEP_GROWTH
        if step > LARGEST_STEP:
            # It does not depend on this direction, or only in a minority of outputs: nothing speaks for noise.
            return EPSILON
