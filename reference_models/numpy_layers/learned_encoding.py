"""Positions as parameters."""

from __future__ import annotations

import numpy as np


class LearnedEncoding:
    """y[l] = x[l] + W[l]: a row of a table for each position.

    Shapes: x and y (..., L, D), W (M, D) with M >= L.

    x_bar = y_bar;  dW[l] = sum of y_bar[l] over all leading axes, and 0 for the positions that x does not reach.

    >>> layer = LearnedEncoding(3, 2)
    >>> layer.W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> layer.forward(np.array([[10.0, 10.0], [20.0, 20.0]]))
    array([[11., 12.],
           [23., 24.]])
    >>> layer.backward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[1., 2.],
           [3., 4.]])
    >>> layer.dW
    array([[1., 2.],
           [3., 4.],
           [0., 0.]])

    Args:
        max_length: M.
        features: D.
        seed: Of the initial W, normal with variance 1 / D.
    """

    def __init__(self, max_length: int, features: int, *, seed: int = 0) -> None:
        spread = 1 / np.sqrt(features)
        self.W: np.ndarray = np.random.default_rng(seed).normal(0, spread, (max_length, features))
        self.dW: np.ndarray = np.zeros((max_length, features))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (..., L, D) to y (..., L, D).

        Raises:
            ValueError: L is larger than M.
        """
        length = x.shape[-2]
        if length > len(self.W):
            message = f"x {x.shape} has {length} positions, expected at most max_length={len(self.W)}"
            raise ValueError(message)
        self.dtype = np.result_type(x.dtype, np.float32)
        y: np.ndarray = x + self.W[:length]
        return y.astype(self.dtype, copy=False)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (..., L, D) to x_bar (..., L, D); leave dW (M, D) behind."""
        self.dW = np.zeros(self.W.shape, self.dtype)
        self.dW[: y_bar.shape[-2]] = y_bar.sum(axis=tuple(range(y_bar.ndim - 2)))
        return y_bar.astype(self.dtype)
