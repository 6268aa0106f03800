"""The sigmoid linear unit."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.sigmoid import sigmoid


class SiLU:
    """y = x s(x), entry by entry, with s(x) = 1 / (1 + exp(-x)).

    Shapes: x and y (...).

    x_bar = y_bar s (1 + x (1 - s))

    >>> layer = SiLU()
    >>> layer.forward(np.array([0.0, np.log(3)])).round(6)
    array([0.      , 0.823959])
    >>> layer.backward(np.array([1.0, 1.0])).round(6)
    array([0.5    , 0.95599])
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        self.x = x
        self.gate = sigmoid(x)
        y: np.ndarray = x * self.gate
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        x_bar: np.ndarray = y_bar * self.gate * (1 + self.x * (1 - self.gate))
        return x_bar
