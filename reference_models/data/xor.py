"""Exclusive or, between signs: what no line can tell apart."""

from __future__ import annotations

import numpy as np

MARGIN = 0.1  # no point is closer to an axis, so that a right answer can be learned from a finite sample


def xor(count: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points of the square [-1, 1]^2, class 1 where the signs of their coordinates differ, else 0.

    >>> x, t = xor(5)
    >>> np.array_equal(t, np.prod(x, axis=1) < 0)
    True

    Returns:
        Points (count, 2) and their classes (count,), 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sign = rng.choice([-1.0, 1.0], (count, 2))
    t = (sign[:, 0] != sign[:, 1]).astype(int)
    return sign * rng.uniform(MARGIN, 1.0, (count, 2)), t
