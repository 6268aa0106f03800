"""The rectified linear unit that leaks."""

from __future__ import annotations

import numpy as np


class LeakyReLU:
    """y = x where x > 0, else slope * x, entry by entry.

    Shapes: x and y (...).

    x_bar = y_bar where x > 0, else slope * y_bar. At the kink x = 0 the derivative is taken to be the slope.

    >>> layer = LeakyReLU(0.1)
    >>> layer.forward(np.array([-2.0, 0.0, 3.0]))
    array([-0.2,  0. ,  3. ])
    >>> layer.backward(np.array([10.0, 20.0, 30.0]))
    array([ 1.,  2., 30.])

    Args:
        negative_slope: The slope left of 0.
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        self.x = x
        return np.where(x > 0, x, self.negative_slope * x)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        return np.where(self.x > 0, y_bar, self.negative_slope * y_bar)
