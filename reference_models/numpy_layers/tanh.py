"""The hyperbolic tangent."""

from __future__ import annotations

import numpy as np


class Tanh:
    """y = tanh x, entry by entry.

    Shapes: x and y (...).

    x_bar = y_bar (1 - y^2)

    >>> layer = Tanh()
    >>> layer.forward(np.array([0.0, np.arctanh(0.5)]))
    array([0. , 0.5])
    >>> layer.backward(np.array([4.0, 4.0]))
    array([4., 3.])
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        y: np.ndarray = np.tanh(x)
        self.y = y
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        x_bar: np.ndarray = y_bar * (1 - self.y**2)
        return x_bar
