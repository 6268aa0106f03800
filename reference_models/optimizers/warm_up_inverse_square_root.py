"""The learning rate of the first transformer."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUpInverseSquareRoot:
    """With t = step + 1: peak min(t / warm_up, sqrt(warm_up / t)).

    Vaswani et al., 2017, section 5.3, whose peak is 1 / sqrt(d_model warm_up).

    >>> schedule = WarmUpInverseSquareRoot(peak=1.0, warm_up=4)
    >>> [schedule(step) for step in (0, 1, 3, 15)]
    [0.25, 0.5, 1.0, 0.5]

    Args:
        peak: The largest learning rate, reached at the end of the warm-up.
        warm_up: Steps of the straight rise, at least 1.
    """

    peak: float
    warm_up: int

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        t = step + 1
        return self.peak * min(t / self.warm_up, math.sqrt(self.warm_up / t))
