"""The learning rate that falls along half a cosine."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosine:
    """floor + (peak - floor) (1 + cos(pi step / steps)) / 2, after an optional straight rise to the peak.

    Loshchilov and Hutter, 2017, without restarts; after the last step it stays at the floor.

    >>> schedule = Cosine(peak=1.0, steps=4)
    >>> [round(schedule(step), 3) for step in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    >>> [Cosine(peak=1.0, steps=4, warm_up=2)(step) for step in range(3)]
    [0.5, 1.0, 1.0]

    Args:
        peak: The largest learning rate.
        steps: Steps from the peak to the floor, at least 1; the warm-up comes before them.
        floor: The smallest learning rate after the peak.
        warm_up: Steps of the rise; step k of them has peak (k + 1) / warm_up.
    """

    peak: float
    steps: int
    floor: float = 0.0
    warm_up: int = 0

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        if step < self.warm_up:
            return self.peak * (step + 1) / self.warm_up
        part = min(step - self.warm_up, self.steps) / self.steps
        return self.floor + (self.peak - self.floor) * (1 + math.cos(math.pi * part)) / 2
