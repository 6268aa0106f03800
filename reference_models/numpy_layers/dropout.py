"""Dropout."""

from __future__ import annotations

import numpy as np


class Dropout:
    """In training y = x m / (1 - p), entry by entry, m being 0 with probability p and else 1; otherwise y = x.

    Shapes: x and y (...). Each forward in training draws a new m.

    x_bar = y_bar m / (1 - p), with the m of the latest forward.

    >>> layer = Dropout(0.5, seed=1)
    >>> layer.forward(np.ones(6))
    array([2., 2., 0., 2., 0., 0.])
    >>> layer.backward(np.full(6, 10.0))
    array([20., 20.,  0., 20.,  0.,  0.])
    >>> layer.training = False
    >>> layer.forward(np.ones(6))
    array([1., 1., 1., 1., 1., 1.])

    Args:
        p: Probability of an entry to be dropped, 0 <= p < 1.
        seed: Of the masks.

    Raises:
        ValueError: p is outside [0, 1).
    """

    def __init__(self, p: float = 0.5, *, seed: int = 0) -> None:
        if not 0 <= p < 1:
            message = f"p={p} is no probability to drop with, expected 0 <= p < 1"
            raise ValueError(message)
        self.p = p
        self.training = True
        self.rng = np.random.default_rng(seed)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        self.dtype = np.result_type(x.dtype, np.float32)
        self.scale: np.ndarray | None = None
        if self.training and self.p > 0:
            is_kept = self.rng.random(x.shape) >= self.p
            self.scale = is_kept.astype(self.dtype) / (1 - self.p)
        return self._scaled(x)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        return self._scaled(y_bar)

    def _scaled(self, x: np.ndarray) -> np.ndarray:
        y: np.ndarray = x.astype(self.dtype) if self.scale is None else x * self.scale
        return y
