"""The softplus."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.sigmoid import sigmoid


class Softplus:
    """y = log(1 + exp(x)), entry by entry.

    Shapes: x and y (...).

    x_bar = y_bar / (1 + exp(-x))

    >>> layer = Softplus()
    >>> layer.forward(np.array([-800.0, np.log(3), 800.0])).round(6)
    array([  0.      ,   1.386294, 800.      ])
    >>> layer.backward(np.array([8.0, 8.0, 8.0]))
    array([0., 6., 8.])
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        self.x = x
        y: np.ndarray = np.logaddexp(0, x)
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        x_bar: np.ndarray = y_bar * sigmoid(self.x)
        return x_bar
