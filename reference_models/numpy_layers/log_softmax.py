"""The logarithm of the softmax."""

from __future__ import annotations

import numpy as np


class LogSoftmax:
    """y_i = x_i - log sum_j exp(x_j) along one axis.

    Shapes: x and y (..., K, ...), K along `axis`.

    x_bar_i = y_bar_i - exp(y_i) sum_j y_bar_j

    >>> layer = LogSoftmax()
    >>> layer.forward(np.array([1000.0, 0.0]))
    array([    0., -1000.])
    >>> layer.backward(np.array([2.0, 3.0]))
    array([-3.,  3.])

    Args:
        axis: The axis along which exp(y) sums to 1.
    """

    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (..., K, ...) to y (..., K, ...)."""
        # Shifting by the largest entry changes nothing but keeps exp from overflowing.
        shifted = x - x.max(axis=self.axis, keepdims=True)
        y: np.ndarray = shifted - np.log(np.exp(shifted).sum(axis=self.axis, keepdims=True))
        self.y = y
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (..., K, ...) to x_bar (..., K, ...)."""
        x_bar: np.ndarray = y_bar - np.exp(self.y) * y_bar.sum(axis=self.axis, keepdims=True)
        return x_bar
