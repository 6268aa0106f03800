"""Seeded values for guessed inputs: Gaussian rows without ties, probabilities, labels, ids.

Every draw has its own stream, from the seed and the argument's name only: another batch size continues the same
numbers, and another argument does not move them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gradcheck.numerics import sampling
from gradcheck.types import Array

#: How a value is drawn.
Kind = Literal[
    "gaussian", "positive", "probabilities", "shares",
    "binary", "signs", "one-hot", "ids", "ids above zero", "ones", "causal", "lengths",
]  # fmt: skip
#: Kinds that a person would differentiate by.
DIFFERENTIABLE: frozenset[Kind] = frozenset({"gaussian", "positive", "probabilities", "shares"})
#: Least distance between two numbers of one row of the batch, where there is room: a maximum or a sorted order
#: does not change within a finite-difference step.
SPACING = 0.01
#: Least value of a positive draw: a logarithm or root is still well conditioned there.
LEAST = 0.1


def draw(
    kind: Kind, shape: tuple[int, ...], name: str, seed: int, *, batch_axis: int | None = 0, below: int = 2
) -> npt.NDArray[Any]:
    """Draw a value.

    Args:
        kind: How.
        shape: Its shape; rows of "one-hot" and "probabilities" run along its last axis but for the batch's.
        name: Name of the argument.
        seed: The case's seed.
        batch_axis: Axis of the batch; it is drawn first, so that a longer one continues a shorter one.
        below: Bound of ids, or the length for "lengths".
    """
    rng = sampling.generator(seed, f"input {name}")
    front = shape if batch_axis is None else (shape[batch_axis], *shape[:batch_axis], *shape[batch_axis + 1 :])
    drawn = (
        _real(rng, kind, front, has_batch=batch_axis is not None)
        if kind in DIFFERENTIABLE
        else _fixed(rng, kind, front, below)
    )
    if batch_axis:
        drawn = np.ascontiguousarray(np.moveaxis(drawn, 0, batch_axis))
    return drawn


def _real(rng: np.random.Generator, kind: Kind, shape: tuple[int, ...], *, has_batch: bool) -> Array:
    if kind == "probabilities":
        return _probabilities(rng, shape)
    if kind == "shares":
        return np.round(rng.uniform(LEAST, 1.0 - LEAST, shape), sampling.DECIMALS)
    drawn = sampling.gaussian(rng, shape)
    if kind == "positive":
        drawn = np.abs(drawn) + LEAST
    rows = drawn.reshape(drawn.shape[0] if has_batch and drawn.ndim > 0 else 1, -1)
    return np.round(_spaced(rows).reshape(shape), sampling.DECIMALS)


def _fixed(rng: np.random.Generator, kind: Kind, shape: tuple[int, ...], below: int) -> npt.NDArray[Any]:
    """What nobody differentiates by."""
    makers: dict[Kind, Callable[[], npt.NDArray[Any]]] = {
        "binary": lambda: _coins(rng, shape),
        "signs": lambda: 2.0 * _coins(rng, shape) - 1.0,
        "one-hot": lambda: np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])],
        "ids": lambda: np.asarray(rng.integers(0, below, shape)),
        "ids above zero": lambda: np.asarray(rng.integers(1, below, shape)),
        "ones": lambda: np.ones(shape, dtype=bool),
        "causal": lambda: np.tril(np.ones(shape, dtype=bool)),
        "lengths": lambda: np.full(shape, below, dtype=np.int64),
    }
    return makers[kind]()


def _coins(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Zeros and ones, both of them where there is room for both."""
    coins = rng.integers(0, 2, shape).astype(np.float64)
    if coins.size > 1 and np.all(coins == coins.flat[0]):
        coins.flat[0] = 1.0 - coins.flat[0]
    return coins


def _probabilities(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Rows of short decimals that sum to one, all of them well above zero."""
    classes = shape[-1]
    shares = rng.uniform(0.5, 2.0, shape)
    # Rounding all of them must not eat the last one, which makes up for it.
    decimals = sampling.DECIMALS + 2 * int(math.log10(classes))
    rows = np.round(shares / shares.sum(axis=-1, keepdims=True), decimals)
    rows[..., -1] = np.round(1.0 - rows[..., :-1].sum(axis=-1), decimals)
    return np.asarray(rows)


def _spaced(rows: Array) -> Array:
    """Numbers apart from one another within each row, moved up as little as that needs.

    A row of many numbers has less room: theirs is what keeps the whole move below one.
    """
    size = rows.shape[1]
    spacing = min(SPACING, 1.0 / size)
    if spacing < 10.0**-sampling.DECIMALS:
        # More numbers than short decimals: ties are rare and masked where they are kinks.
        return rows
    spaced = np.empty_like(rows)
    steps = spacing * np.arange(size)
    for row, values in enumerate(rows):
        order = np.argsort(values, kind="stable")
        # Sorted numbers minus steps, made monotone, and the steps put back: neighbours differ by a step at least.
        spaced[row, order] = np.maximum.accumulate(values[order] - steps) + steps
    return np.where(np.abs(spaced) < 10.0**-sampling.DECIMALS, 10.0**-sampling.DECIMALS, spaced)
