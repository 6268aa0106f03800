"""Values of inputs: as the case's own were drawn, and of kinds that hide or show what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gradcheck.cases.guessing.draws import LEAST, Kind, draw
from gradcheck.errors import UsageError
from gradcheck.numerics import sampling, steps
from gradcheck.types import Array

#: Large and small magnitudes: far above what clipping and thresholds begin at, far below what overflows an exponential.
LARGE, SMALL = 30.0, 1.0e-3
#: Distance of values that are to be equal often.
GRID = 0.5
PLAIN: Final = ""


def kind_of(value: npt.NDArray[Any]) -> Kind:
    """How an array was drawn, by what it holds: its domain is not left."""
    if value.dtype == np.bool_:
        return "causal" if value.ndim >= 2 and not np.all(value) else "ones"
    if value.dtype.kind in "iu":
        return "ids"
    if value.size == 0:
        return "gaussian"
    if np.all(np.isin(value, (0.0, 1.0))):
        return "one-hot" if value.ndim and np.all(value.sum(axis=-1) == 1.0) else "binary"
    if np.all(np.abs(value) == 1.0):
        return "signs"
    if np.all(value > 0.0):
        if value.ndim and value.shape[-1] > 1 and np.allclose(value.sum(axis=-1), 1.0):
            return "probabilities"
        return "shares" if np.all(value < 1.0) else "positive"
    return "gaussian"


def drawn(
    like: npt.NDArray[Any], shape: tuple[int, ...], name: str, seed: int, *, below: int, variety: str
) -> npt.NDArray[Any]:
    """Values in the domain of an array, in another shape.

    Args:
        like: The array of the case.
        shape: The shape wanted.
        name: Name of the argument.
        seed: The case's seed.
        below: Bound of ids.
        variety: One of `VARIETIES`, "" for plain draws.

    Raises:
        UsageError: There is no such array inside the domain.
    """
    if 0 in shape:
        return np.zeros(shape, like.dtype)
    kind = kind_of(like)
    if kind in {"probabilities", "one-hot"} and shape[-1:] == (1,):
        raise UsageError("of one class the share is one, where a logarithm or a root has its end")
    if kind == "ids" and like.size and np.all(like == like.flat[0]) and like.ndim == 1 and like.size > 1:
        # Lengths of sequences: all of them whole.
        return np.full(shape, min(int(like.flat[0]), below), dtype=like.dtype)
    batch = 0 if len(shape) > 1 or kind not in {"probabilities", "one-hot"} else None
    values = draw(kind, shape, name, seed, batch_axis=batch if shape else None, below=max(below, 1))
    if variety and shape:
        if kind == "gaussian":
            values = VARIETIES[variety](values, sampling.generator(seed, f"variety {name}"))
        elif kind == "ids":
            values = np.zeros_like(values) if variety in {"constant", "equal rows", "ties"} else values
        elif kind in {"positive", "shares", "probabilities"} and variety == "equal rows":
            values = np.array(np.broadcast_to(values[:1], shape))
    return values.astype(like.dtype)


def tangent(x: Array, seed: int, name: str) -> Array:
    """A direction along which equal entries of an array stay equal, and zeros stay zero.

    A maximum, a median or a sorted order has a derivative along it even at exact ties, and every choice of
    subgradient gives it: of what one of the tied entries gets and of what all of them share, the sum is the same.
    """
    values, places = np.unique(x, return_inverse=True)
    moved = sampling.direction(sampling.generator(seed, f"tied {name}"), values, steps.magnitude(x))
    direction: Array = moved[places].reshape(x.shape)
    return np.where(x == 0.0, 0.0, direction)


def _one_hot(x: Array, rng: np.random.Generator) -> Array:
    rows = np.zeros_like(x).reshape(-1, x.shape[-1])
    rows[np.arange(len(rows)), rng.integers(0, x.shape[-1], len(rows))] = 1.0
    return rows.reshape(x.shape)


VARIETIES: Final[Mapping[str, Callable[[Array, np.random.Generator], Array]]] = {
    "ties": lambda x, _: np.round(x / GRID) * GRID,
    "zeros": lambda x, rng: np.where(rng.random(x.shape) < GRID, 0.0, x),
    "equal rows": lambda x, _: np.array(np.broadcast_to(x[:1], x.shape)),
    "constant": lambda x, _: np.full_like(x, GRID),
    "one-hot": _one_hot,
    "large": lambda x, _: LARGE * x,
    "small": lambda x, _: SMALL * x,
    "positive": lambda x, _: np.abs(x) + LEAST,
    "negative": lambda x, _: -np.abs(x) - LEAST,
}
#: Kinds of values with exact ties or zeros, where a layer may have no derivative.
TIED: Final = frozenset({"ties", "zeros", "equal rows", "constant", "one-hot"})
