"""The rectified linear unit."""

from __future__ import annotations

import numpy as np


class ReLU:
    """y = max(x, 0), entry by entry.

    Shapes: x and y (...).

    x_bar = y_bar where x > 0, else 0. At the kink x = 0 the derivative is taken to be 0.

    >>> layer = ReLU()
    >>> layer.forward(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    >>> layer.backward(np.array([5.0, 6.0, 7.0]))
    array([0., 0., 7.])
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        self.x = x
        y: np.ndarray = np.maximum(x, 0)
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        return np.where(self.x > 0, y_bar, 0)
