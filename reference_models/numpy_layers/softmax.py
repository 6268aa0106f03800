"""The softmax."""

from __future__ import annotations

import numpy as np


class Softmax:
    """y_i = exp(x_i) / sum_j exp(x_j) along one axis.

    Shapes: x and y (..., K, ...), K along `axis`.

    x_bar_i = y_i (y_bar_i - sum_j y_bar_j y_j)

    >>> layer = Softmax()
    >>> layer.forward(np.array([1000.0, 1000.0 + np.log(3)]))
    array([0.25, 0.75])
    >>> layer.backward(np.array([16.0, 0.0]))
    array([ 3., -3.])

    Args:
        axis: The axis that sums to 1.
    """

    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (..., K, ...) to y (..., K, ...)."""
        # Shifting by the largest entry changes nothing but keeps exp from overflowing.
        exponential = np.exp(x - x.max(axis=self.axis, keepdims=True))
        y: np.ndarray = exponential / exponential.sum(axis=self.axis, keepdims=True)
        self.y = y
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (..., K, ...) to x_bar (..., K, ...)."""
        mean = (y_bar * self.y).sum(axis=self.axis, keepdims=True)
        x_bar: np.ndarray = self.y * (y_bar - mean)
        return x_bar
