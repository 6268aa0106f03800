"""The fully connected layer."""

from __future__ import annotations

import numpy as np


class Linear:
    """Y = X W + b, row by row.

    Shapes: X (..., I), W (I, O), b (O,), Y (..., O), with any number of leading axes.

    dX = dY W^T,  dW = X^T dY,  db = sum of dY; dW and db sum over all leading axes.

    The textbook example:

    >>> layer = Linear(2, 2)
    >>> layer.W = np.array([[0.1, 0.3], [0.2, 0.4]])
    >>> layer.b = np.array([0.1, 0.2])
    >>> layer.forward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[0.6, 1.3],
           [1.2, 2.7]])
    >>> layer.backward(np.ones((2, 2)))
    array([[0.4, 0.6],
           [0.4, 0.6]])
    >>> layer.dW
    array([[4., 4.],
           [6., 6.]])
    >>> layer.db
    array([2., 2.])

    Args:
        in_features: I.
        out_features: O.
        bias: Whether b is added; without it `b` and `db` are None.
        seed: Of the initial W, uniform in +-sqrt(6 / (I + O)) (Xavier); b starts at 0.
    """

    def __init__(self, in_features: int, out_features: int, *, bias: bool = True, seed: int = 0) -> None:
        limit = np.sqrt(6 / (in_features + out_features))
        self.W: np.ndarray = np.random.default_rng(seed).uniform(-limit, limit, (in_features, out_features))
        self.b: np.ndarray | None = np.zeros(out_features) if bias else None
        self.dW: np.ndarray = np.zeros((in_features, out_features))
        self.db: np.ndarray | None = np.zeros(out_features) if bias else None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map X (..., I) to Y (..., O)."""
        self.x = x
        # The weights are float64; the answer is as wide as x, and integers become floats.
        self.dtype = np.result_type(x.dtype, np.float32)
        y: np.ndarray = x @ self.W
        if self.b is not None:
            y = y + self.b
        return y.astype(self.dtype, copy=False)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map dY (..., O) to dX (..., I); leave dW (I, O) and db (O,) behind."""
        in_features, out_features = self.W.shape
        rows = y_bar.reshape(-1, out_features)
        self.dW = self.x.reshape(-1, in_features).T @ rows
        if self.b is not None:
            self.db = rows.sum(axis=0)
        x_bar: np.ndarray = y_bar @ self.W.T
        return x_bar.astype(self.dtype, copy=False)
