"""The fully connected layer."""

from __future__ import annotations

import numpy as np

from reference_models.tape.tensor import Tensor


class Linear:
    """Y = X W + b, row by row.

    Shapes: X (..., I), W (I, O), b (O,), Y (..., O), with any number of leading axes.

    >>> layer = Linear(2, 3)
    >>> layer.forward(Tensor(np.ones((4, 2)))).sum().backward()
    >>> layer.b.grad
    array([4., 4., 4.])

    Args:
        in_features: I.
        out_features: O.
        bias: Whether b is added; without it `b` is None.
        seed: Of the initial W, uniform in +-sqrt(6 / (I + O)) (Xavier); b starts at 0.
    """

    def __init__(self, in_features: int, out_features: int, *, bias: bool = True, seed: int = 0) -> None:
        limit = np.sqrt(6 / (in_features + out_features))
        W = np.random.default_rng(seed).uniform(-limit, limit, (in_features, out_features))
        self.W = Tensor(W, requires_grad=True)
        self.b = Tensor(np.zeros(out_features), requires_grad=True) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Map X (..., I) to Y (..., O)."""
        y = x @ self.W
        return y if self.b is None else y + self.b
