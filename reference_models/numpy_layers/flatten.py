"""From images to rows."""

from __future__ import annotations

import numpy as np


class Flatten:
    """y[n] = the entries of x[n] in a row.

    Shapes: x (N, ...), y (N, M).

    x_bar[n] = y_bar[n] in the shape of x[n].

    >>> layer = Flatten()
    >>> layer.forward(np.array([[[1.0, 2.0], [3.0, 4.0]]]))
    array([[1., 2., 3., 4.]])
    >>> layer.backward(np.array([[5.0, 6.0, 7.0, 8.0]]))
    array([[[5., 6.],
            [7., 8.]]])
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (N, ...) to y (N, M)."""
        self.shape = x.shape
        # No -1: an empty batch would leave it open.
        return x.reshape(x.shape[0], int(np.prod(x.shape[1:]))).copy()

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (N, M) to x_bar (N, ...)."""
        return y_bar.reshape(self.shape).copy()
