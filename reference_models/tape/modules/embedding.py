"""The embedding."""

from __future__ import annotations

import numpy as np

from reference_models.tape.tensor import Tensor


class Embedding:
    """y[n] = W[ids[n]]: one row of a table per number.

    Shapes: ids (...) integers in 0 .. V-1, W (V, D), y (..., D).

    >>> layer = Embedding(3, 2)
    >>> layer.forward(np.array([2, 0, 2])).sum().backward()
    >>> layer.W.grad
    array([[1., 1.],
           [0., 0.],
           [2., 2.]])

    Args:
        vocab_size: V.
        features: D.
        seed: Of the initial W, normal with variance 1 / D.
    """

    def __init__(self, vocab_size: int, features: int, *, seed: int = 0) -> None:
        W = np.random.default_rng(seed).normal(0, 1 / np.sqrt(features), (vocab_size, features))
        self.W = Tensor(W, requires_grad=True)

    def forward(self, ids: np.ndarray) -> Tensor:
        """Map ids (...) to y (..., D).

        Raises:
            ValueError: One is outside 0 .. V-1.
        """
        if np.any((ids < 0) | (ids >= len(self.W))):
            # A negative number would count from the end and go unnoticed.
            message = f"ids span {ids.min()} .. {ids.max()}, expected 0 .. {len(self.W) - 1}"
            raise ValueError(message)
        return self.W[ids]
