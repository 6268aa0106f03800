"""Step sizes: truncation against rounding, and against the chance of stepping over a kink.

All steps are in units of the direction, which carries the magnitude of the array it moves.
"""

from __future__ import annotations

import numpy as np

from gradcheck.types import Array

#: Machine epsilon of float64, the distance from 1 to the next number: 2.2e-16.
EPSILON = float(np.finfo(np.float64).eps)

#: R(h/2) has its least error near h = (e_f)^(1/5) / 2, about 4e-4 in float64, where it is right to 1e-13.
#: Of N standard normal inputs of a ReLU, 0.8 N h lie within that step of 0 (2 h times the density), which loses
#: a hidden layer of a thousand units. Sixteen times less hits sixteen times fewer kinks and still leaves a
#: bound near 1e-8 relative to the output, five digits below the smallest formula error on record (5e-4).
KINK_REDUCTION = 16.0

#: A noisy function wants the optimum itself: its noise, not kinks, decides what can be seen.
NOISY = 64.0 * EPSILON

#: Below this a step of the array underflows; such an array counts as zero.
SMALLEST_MAGNITUDE = float(np.finfo(np.float64).tiny) / EPSILON**2

#: How much a step shrinks after it met too many kinks: as much again as `KINK_REDUCTION`.
SHRINK = 16.0


def stencil_step(noise: float) -> float:
    """Step h of the three-level stencil for a function of relative noise `noise`.

    h = noise^(1/5) / 2, divided by `KINK_REDUCTION` where the function is as exact as float64.
    """
    optimum = max(noise, EPSILON) ** 0.2 / 2.0
    return float(optimum if noise > NOISY else optimum / KINK_REDUCTION)


def entry_step(noise: float) -> float:
    """Step of the two-point difference that locates entries.

    A quarter of the optimum (3 e_f)^(1/3): truncation stays below rounding for third derivatives
    up to 64 times those the optimum assumes.
    """
    return float((3.0 * max(noise, EPSILON)) ** (1.0 / 3.0) / 4.0)


def magnitude(x: Array) -> float:
    """Root mean square of an array, 1 where it is empty, zero or not finite: the unit its steps are taken in."""
    return (root_mean_square(x) or 1.0) if np.all(np.isfinite(x)) else 1.0


def root_mean_square(values: Array) -> float:
    """Root mean square of finite values, 0 where there are none."""
    largest = float(np.max(np.abs(values), initial=0.0))
    # Scaled before squaring, so that 1e200 does not overflow.
    return largest * float(np.sqrt(np.mean(np.square(values / largest)))) if largest > 0.0 else 0.0
