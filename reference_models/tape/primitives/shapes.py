"""The same entries in another shape, or some of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reference_models.tape.primitives.broadcasting import unbroadcast
from reference_models.tape.primitives.evaluation import Evaluation, Pullback


def reshape(x: np.ndarray, *, shape: tuple[int, ...]) -> Evaluation:
    """Evaluate y = x in another shape:  x_bar = y_bar in x's.

    >>> y, (pull,) = reshape(np.zeros((2, 3)), shape=(6,))
    >>> pull(np.arange(6.0))
    array([[0., 1., 2.],
           [3., 4., 5.]])
    """
    return x.reshape(shape), (lambda y_bar: y_bar.reshape(x.shape),)


def transpose(x: np.ndarray, *, axes: tuple[int, ...]) -> Evaluation:
    """y[i_axes] = x[i]:  the inverse permutation takes y_bar back."""
    return x.transpose(axes), (lambda y_bar: y_bar.transpose(np.argsort([a % x.ndim for a in axes])),)


def broadcast(x: np.ndarray, *, shape: tuple[int, ...]) -> Evaluation:
    """Evaluate y = x repeated to a shape:  x_bar sums the repetitions."""
    return np.broadcast_to(x, shape), (lambda y_bar: unbroadcast(y_bar, x.shape),)


def pick(x: np.ndarray, *, index: Any) -> Evaluation:
    """Evaluate y = x[index]:  y_bar is added where it was read; what was read twice gets both."""

    def pullback(y_bar: np.ndarray) -> np.ndarray:
        x_bar = np.zeros(x.shape, y_bar.dtype)
        np.add.at(x_bar, index, y_bar)
        return x_bar

    return np.asarray(x[index]), (pullback,)


def concatenate(*parts: np.ndarray, axis: int) -> Evaluation:
    """Evaluate y = the parts one after another:  each gets back its own piece of y_bar."""
    ends = np.cumsum([part.shape[axis] for part in parts])

    def piece(number: int) -> Pullback:
        return lambda y_bar: np.split(y_bar, ends[:-1], axis=axis)[number]

    pieces: list[Callable[[np.ndarray], np.ndarray]] = [piece(number) for number in range(len(parts))]
    return np.concatenate(parts, axis=axis), pieces


def choose(a: np.ndarray, b: np.ndarray, *, condition: np.ndarray) -> Evaluation:
    """Evaluate y = a where the condition holds, else b:  each gets y_bar where it was taken."""
    return np.where(condition, a, b), (
        lambda y_bar: unbroadcast(np.where(condition, y_bar, 0), a.shape),
        lambda y_bar: unbroadcast(np.where(condition, 0, y_bar), b.shape),
    )
