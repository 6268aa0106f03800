"""The embedding."""

from __future__ import annotations

import numpy as np


class Embedding:
    """y[n] = W[ids[n]]: one row of a table per number.

    Shapes: ids (...) integers in 0 .. V-1, W (V, D), y (..., D).

    dW[v] = sum of y_bar[n] over every n with ids[n] = v, so that a number used twice is counted twice.

    >>> layer = Embedding(3, 2)
    >>> layer.W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> layer.forward(np.array([2, 0, 2]))
    array([[5., 6.],
           [1., 2.],
           [5., 6.]])
    >>> layer.backward(np.array([[1.0, 1.0], [2.0, 2.0], [10.0, 20.0]]))
    >>> layer.dW
    array([[ 2.,  2.],
           [ 0.,  0.],
           [11., 21.]])

    Args:
        vocab_size: V.
        features: D.
        seed: Of the initial W, normal with variance 1 / D.
    """

    def __init__(self, vocab_size: int, features: int, *, seed: int = 0) -> None:
        spread = 1 / np.sqrt(features)
        self.W: np.ndarray = np.random.default_rng(seed).normal(0, spread, (vocab_size, features))
        self.dW: np.ndarray = np.zeros((vocab_size, features))

    def forward(self, ids: np.ndarray) -> np.ndarray:
        """Map ids (...) to y (..., D), as wide as W.

        Raises:
            TypeError: The ids are not integers.
            ValueError: One is outside 0 .. V-1.
        """
        if not np.issubdtype(ids.dtype, np.integer):
            message = f"ids are {ids.dtype}, expected integers"
            raise TypeError(message)
        if np.any((ids < 0) | (ids >= len(self.W))):
            # A negative number would count from the end and go unnoticed.
            message = f"ids span {ids.min()} .. {ids.max()}, expected 0 .. {len(self.W) - 1}"
            raise ValueError(message)
        self.ids = ids
        y: np.ndarray = self.W[ids]
        return y

    def backward(self, y_bar: np.ndarray) -> None:
        """Leave dW (V, D) behind, given y_bar (..., D); whole numbers have no gradient, so nothing is returned."""
        self.dW = np.zeros(self.W.shape, y_bar.dtype)
        # dW[ids] += y_bar would keep only the last of several equal ids.
        np.add.at(self.dW, self.ids, y_bar)
