"""Multi-head attention."""

from __future__ import annotations

import math

import numpy as np

from reference_models.seeds import child_seeds
from reference_models.tape.functions import masked_softmax
from reference_models.tape.modules.linear import Linear
from reference_models.tape.tensor import Tensor


class MultiHeadAttention:
    """Y = concat(Y_1, ..., Y_H) W_O + b_O with Y_h = softmax(Q_h K_h^T / sqrt(D / H)) V_h.

    Q_h, K_h and V_h are the h-th D / H features of Q W_Q + b_Q, K W_K + b_K and V W_V + b_V.

    Shapes: Q and Y (N, L, D), K and V (N, S, D).

    >>> x, memory = Tensor(np.ones((5, 3, 6))), Tensor(np.ones((5, 4, 6)))
    >>> MultiHeadAttention(6, 2).forward(x, memory, memory).shape
    (5, 3, 6)

    Args:
        d_model: D.
        n_heads: H, a divisor of D.
        seed: Of the initial weights.
    """

    def __init__(self, d_model: int, n_heads: int, *, seed: int = 0) -> None:
        self.n_heads = n_heads
        seeds = child_seeds(seed, 4)
        self.query_projection = Linear(d_model, d_model, seed=seeds[0])
        self.key_projection = Linear(d_model, d_model, seed=seeds[1])
        self.value_projection = Linear(d_model, d_model, seed=seeds[2])
        self.output_projection = Linear(d_model, d_model, seed=seeds[3])

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: np.ndarray | None = None) -> Tensor:
        """Map Q (N, L, D), K (N, S, D) and V (N, S, D) to Y (N, L, D).

        Args:
            query: Q.
            key: K.
            value: V.
            mask: Booleans that broadcast to (N, L, S), True where attention is allowed; the same for every head.
        """
        queries = self._split(self.query_projection.forward(query))
        keys = self._split(self.key_projection.forward(key))
        values = self._split(self.value_projection.forward(value))
        scores = (queries @ keys.swap(-1, -2)) * (1 / math.sqrt(queries.shape[-1]))
        weights = masked_softmax(scores, None if mask is None else mask[..., np.newaxis, :, :])
        heads = (weights @ values).swap(-2, -3)
        return self.output_projection.forward(heads.reshape(*query.shape))

    def _split(self, x: Tensor) -> Tensor:
        """(N, L, D) to (N, H, L, D / H)."""
        return x.reshape(*x.shape[:-1], self.n_heads, x.shape[-1] // self.n_heads).swap(-2, -3)
