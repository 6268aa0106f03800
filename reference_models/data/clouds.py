"""Two clouds of points in the plane."""

from __future__ import annotations

import numpy as np

DISTANCE = 4.0  # between the middles, in standard deviations of a cloud; the best line is right for 97.7 %


def clouds(count: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points of two normal distributions around +-(1, 1) DISTANCE / sqrt(8), as many of each class as chance has it.

    >>> x, t = clouds(1000)
    >>> x.shape, t.shape
    ((1000, 2), (1000,))
    >>> bool(np.mean((x.sum(axis=1) > 0) == t) > 0.95)
    True

    Returns:
        Points (count, 2) and their classes (count,), 0 or 1.
    """
    rng = np.random.default_rng(seed)
    t = rng.integers(0, 2, count)
    middle = (2 * t - 1)[:, np.newaxis] * DISTANCE / np.sqrt(8)
    return middle + rng.standard_normal((count, 2)), t
