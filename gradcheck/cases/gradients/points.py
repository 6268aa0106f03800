"""Other points at which a function of named arrays is looked at: away from initial values, and from the first draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from gradcheck.cases.gradients.parameters import Held, redrawn
from gradcheck.numerics import sampling, steps
from gradcheck.types import Array, Primals


def away_from_initial(
    value: Callable[[Primals], Array],
    point: Mapping[str, Array],
    parameters: Iterable[Held],
    shape: tuple[int, ...],
    seed: int,
) -> dict[str, Array]:
    """The point with every parameter re-drawn; one by one where not all together leave forward finite.

    At gamma = 1 and beta = 0 much is hidden.

    Args:
        value: Primals -> y.
        point: Where the parameters are as they were made.
        parameters: The parameters among its arrays.
        shape: Shape of y.
        seed: Seed of the draws.
    """
    drawn = {item.name: redrawn(item, seed) for item in parameters}
    if not drawn:
        return dict(point)
    together = {**point, **drawn}
    if _is_finite(value, together, shape):
        return together
    away = dict(point)
    for name, x in drawn.items():
        trial = {**away, name: x}
        away = trial if _is_finite(value, trial, shape) else away
    return away


def as_held(point: Mapping[str, Array], names: Iterable[str]) -> list[Held]:
    """Arrays of a point as parameters that are held under their own names."""
    return [Held(name=name, paths=(name,), value=point[name]) for name in names]


def _is_finite(value: Callable[[Primals], Array], point: Primals, shape: tuple[int, ...]) -> bool:
    try:
        y = value(point)
    except Exception:  # noqa: BLE001 - whatever the user's forward raises, it does not run there
        return False
    return y.shape == shape and bool(np.all(np.isfinite(y)))


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
