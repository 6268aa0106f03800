"""Outputs that are not smooth along a direction.

S(h/2) / S(h) tends to 1/4 where F is smooth, is 1/2 where the kink is at x, 0 where it lies in (h/2, h).
One halving alone is blind to a kink at h/3, where the ratio is 1/4 as well; two are not.
"""

from __future__ import annotations

import itertools

import numpy as np

from gradcheck.numerics.medians import median
from gradcheck.numerics.noise import ROUNDINGS_PER_OUTPUT
from gradcheck.numerics.stencils import LEVELS, Stencil
from gradcheck.types import Array

#: How far S(h/2) may be from S(h)/4, as a share of S(h): a smooth function is within h, a kink is off by 1/4.
DEPARTURE = 0.1

#: S adds four roundings of F; eight standard deviations are out of reach of chance.
NOISE_MARGIN = 8.0


def kinked(stencil: Stencil, noise: float) -> Array:
    """Mark the outputs on a kink, or not finite, anywhere on the stencil.

    Args:
        stencil: Values along one direction.
        noise: Relative noise of F.

    Returns:
        Boolean, the output's shape.
    """
    magnitude = stencil.magnitude()
    finite = np.isfinite(magnitude)
    with np.errstate(invalid="ignore", over="ignore"):
        floor = (
            NOISE_MARGIN
            * ROUNDINGS_PER_OUTPUT
            * noise
            * np.where(finite, np.maximum(magnitude, _median(magnitude)), 0.0)
        )
        mask = ~finite
        levels = [stencil.second_difference(level) for level in range(len(LEVELS))]
        for before, after in itertools.pairwise(levels):
            mask |= np.abs(after - before / 4.0) > DEPARTURE * np.abs(before) + floor
    return mask


def _median(magnitude: Array) -> float:
    # An output smaller than its neighbours may be the difference of terms as large as they are; an offset like
    # that rounds at the neighbours' size. The median ignores outliers and infinities.
    finite = magnitude[np.isfinite(magnitude)]
    return median(finite) if finite.size else 0.0
