"""The adjoint of NumPy's broadcasting."""

from __future__ import annotations

import numpy as np


def unbroadcast(y_bar: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum y_bar over the axes along which an array of `shape` was repeated to get y_bar's shape.

    <y_bar, broadcast(x)> = <unbroadcast(y_bar), x>

    >>> unbroadcast(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    >>> unbroadcast(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    """
    added = y_bar.ndim - len(shape)
    repeated = tuple(axis + added for axis, size in enumerate(shape) if size == 1 and y_bar.shape[axis + added] != 1)
    summed: np.ndarray = y_bar.sum(axis=(*range(added), *repeated), keepdims=True)
    return summed.reshape(shape)
