"""Other points at which a function of named arrays is looked at: away from initial values, and from the first draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from gradcheck.cases.gradients.parameters import Held, redrawn
from gradcheck.numerics import sampling, steps
from gradcheck.types import Array, Primals


def away_from_initial(
    value: Callable[[Primals], Array], point: Mapping[str, Array], parameters: Iterable[str], seed: int
) -> dict[str, Array]:
    """Parameters re-drawn, one by one, where forward stays finite: at gamma = 1 and beta = 0 much is hidden.

    Args:
        value: Primals -> y.
        point: Where the parameters are as they were made.
        parameters: Their names.
        seed: Seed of the draws.

    Raises:
        Exception: What forward raises at the point itself.
    """
    away = dict(point)
    shape = value(away).shape
    for name in parameters:
        item = Held(name=name, paths=(name,), value=point[name])
        trial = {**away, name: redrawn(item, seed)}
        try:
            y = value(trial)
        except Exception:  # noqa: BLE001, S112 - whatever the user's forward raises, the old value is kept
            continue
        if np.all(np.isfinite(y)) and y.shape == shape:
            away = trial
    return away


def moved(point: Mapping[str, Array], seed: int, draw: int) -> dict[str, Array]:
    """Every array moved by about its own magnitude, elsewhere for each draw.

    Args:
        point: Where from.
        seed: Seed of the draws.
        draw: Which of several.
    """
    found = {}
    for name, x in point.items():
        rng = sampling.generator(seed, f"flow {draw} {name}")
        drawn = x + sampling.direction(rng, x, steps.magnitude(x))
        # What is positive stays so: a probability, a variance.
        found[name] = np.abs(drawn) if np.all(x >= 0.0) else drawn
    return found
