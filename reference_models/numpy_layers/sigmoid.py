"""The logistic sigmoid."""

from __future__ import annotations

import numpy as np


class Sigmoid:
    """y = 1 / (1 + exp(-x)), entry by entry.

    Shapes: x and y (...).

    x_bar = y_bar y (1 - y)

    >>> layer = Sigmoid()
    >>> layer.forward(np.array([0.0, 800.0]))
    array([0.5, 1. ])
    >>> layer.backward(np.array([8.0, 8.0]))
    array([2., 0.])
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        y = sigmoid(x)
        self.y = y
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        x_bar: np.ndarray = y_bar * self.y * (1 - self.y)
        return x_bar


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), entry by entry."""
    # log y = -log(1 + exp(-x)), which logaddexp gives without overflow.
    y: np.ndarray = np.exp(-np.logaddexp(0, -x))
    return y
