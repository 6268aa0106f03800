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

#: Sums of squares above this have lost nothing that matters to underflow: 2^63 entries of 1e-154 make 1e-289.
SAFE_SQUARES = 1.0e-280

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
    size = root_mean_square(x)
    return size if np.isfinite(size) and size > 0.0 else 1.0


def root_mean_square(values: Array) -> float:
    """Root mean square of finite values, 0 where there are none."""
    return norm(values) / float(np.sqrt(max(values.size, 1)))


def norm(values: Array) -> float:
    """Euclidean norm of all entries, without overflow."""
    flat = values.ravel().astype(np.float64, copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        squares = float(np.dot(flat, flat))
    if SAFE_SQUARES < squares < 1.0 / SAFE_SQUARES:
        return float(np.sqrt(squares))
    # Scaled before squaring, so that 1e200 does not overflow.
    scale = largest(flat)
    if scale == 0.0 or not np.isfinite(scale):
        return scale
    return scale * float(np.sqrt(np.sum(np.square(flat / scale))))


def largest(values: Array) -> float:
    """Largest magnitude of all entries, 0 where there are none; no array of magnitudes is made."""
    return max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))
