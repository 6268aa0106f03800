"""Two spirals, one inside the other."""

from __future__ import annotations

import numpy as np

TURNS = 1.5
NOISE = 0.02  # standard deviation of each coordinate; the arms are 1 / (2 TURNS) apart


def spirals(count: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points of two arms r = angle / (2 pi TURNS) in the unit disk, the second turned by half a turn, with noise.

    >>> x, t = spirals(1000)
    >>> x.shape, sorted(set(t.tolist()))
    ((1000, 2), [0, 1])

    Returns:
        Points (count, 2) and their classes (count,), 0 or 1.
    """
    rng = np.random.default_rng(seed)
    t = rng.integers(0, 2, count)
    # The root spreads the points evenly along the arm; the inner tenth is left out, where the arms meet.
    radius = np.sqrt(rng.uniform(0.01, 1.0, count))
    angle = 2 * np.pi * TURNS * radius + np.pi * t
    x = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + NOISE * rng.standard_normal((count, 2)), t
