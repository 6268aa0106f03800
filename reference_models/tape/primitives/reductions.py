"""Sums and largest entries along axes."""

from __future__ import annotations

import numpy as np

from reference_models.tape.primitives.evaluation import Evaluation

Axis = int | tuple[int, ...] | None


def total(x: np.ndarray, *, axis: Axis = None, keepdims: bool = False) -> Evaluation:
    """Evaluate y = sum of x along the axes:  x_bar = y_bar, repeated along them.

    >>> y, (pull,) = total(np.ones((2, 3)), axis=1)
    >>> pull(np.array([1.0, 5.0]))
    array([[1., 1., 1.],
           [5., 5., 5.]])
    """

    def pullback(y_bar: np.ndarray) -> np.ndarray:
        return np.broadcast_to(_kept(y_bar, x.shape, axis=axis), x.shape)

    return np.asarray(x.sum(axis=axis, keepdims=keepdims)), (pullback,)


def largest(x: np.ndarray, *, axis: Axis = None, keepdims: bool = False) -> Evaluation:
    """Evaluate y = largest x along the axes:  x_bar = y_bar where x is the largest, in equal parts if several are."""

    def pullback(y_bar: np.ndarray) -> np.ndarray:
        is_largest = x == x.max(axis=axis, keepdims=True)
        count = is_largest.sum(axis=axis, keepdims=True).astype(x.dtype)
        x_bar: np.ndarray = is_largest * (_kept(y_bar, x.shape, axis=axis) / count)
        return x_bar

    return np.asarray(x.max(axis=axis, keepdims=keepdims)), (pullback,)


def _kept(y: np.ndarray, shape: tuple[int, ...], *, axis: Axis) -> np.ndarray:
    """A reduced array with its axes back, of size 1, whether or not they were kept."""
    every = range(len(shape)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    gone = {a % len(shape) for a in every}
    return y.reshape([1 if a in gone else size for a, size in enumerate(shape)])
