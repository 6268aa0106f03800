"""Seeds for the parts of a model: two of one shape must not start equal."""

from __future__ import annotations

import numpy as np


def child_seeds(seed: int, count: int) -> list[int]:
    """As many seeds as asked for, each of its own random stream, all of them functions of the one given.

    >>> child_seeds(0, 2) == child_seeds(0, 3)[:2]
    True
    >>> len({*child_seeds(0, 100), *child_seeds(1, 100)})
    200
    """
    return [int(word) for word in np.random.SeedSequence(seed).generate_state(count)]
