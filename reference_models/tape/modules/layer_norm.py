"""Layer normalisation."""

from __future__ import annotations

import numpy as np

from reference_models.tape.tensor import Tensor


class LayerNorm:
    """y = gamma (x - mean) / sqrt(variance + eps) + beta, both taken along the last axis.

    Shapes: x and y (..., D), gamma and beta (D,). The variance is the biased one, divided by D.

    >>> LayerNorm(2, eps=0.0).forward(Tensor([[1.0, 5.0]])).data
    array([[-1.,  1.]])

    Args:
        features: D.
        eps: Added to the variance, so that a constant row is mapped to beta.
    """

    def __init__(self, features: int, *, eps: float = 1e-5) -> None:
        self.eps = eps
        self.gamma = Tensor(np.ones(features), requires_grad=True)
        self.beta = Tensor(np.zeros(features), requires_grad=True)

    def forward(self, x: Tensor) -> Tensor:
        """Map x (..., D) to y (..., D)."""
        centred = x - x.mean(-1, keepdims=True)
        deviation = ((centred * centred).mean(-1, keepdims=True) + self.eps).sqrt()
        return self.gamma * (centred / deviation) + self.beta
