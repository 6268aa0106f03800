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


def mirrored_xor(count: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The same, each point with its images in both axes and in the origin, so that chance favours no line.

    >>> x, t = mirrored_xor(4)
    >>> x.sum(axis=0), t.tolist()
    (array([0., 0.]), [0, 1, 1, 0])

    Args:
        count: Of points, a multiple of 4.
        seed: Of the points.

    Returns:
        Points (count, 2), images one after another, and their classes (count,), 0 or 1.
    """
    x, _ = xor(count // 4, seed=seed)
    signs = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    images = (np.abs(x)[:, np.newaxis] * signs).reshape(-1, 2)
    return images, (np.prod(images, axis=1) < 0).astype(int)
