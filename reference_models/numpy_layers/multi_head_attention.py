"""Multi-head attention."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers.linear import Linear
from reference_models.numpy_layers.scaled_dot_product_attention import ScaledDotProductAttention
from reference_models.seeds import child_seeds


class MultiHeadAttention:
    """Y = concat(Y_1, ..., Y_H) W_O + b_O with Y_h = attention(Q W_Q + b_Q, K W_K + b_K, V W_V + b_V), head by head.

    Shapes: Q and Y (N, L, D), K and V (N, S, D); each head sees D / H neighbouring features of the projections.

    Self-attention passes one array three times, and its gradient is the sum of the three.

    >>> layer = MultiHeadAttention(6, 2)
    >>> x, memory = np.ones((5, 3, 6)), np.ones((5, 4, 6))
    >>> layer.forward(x, memory, memory).shape
    (5, 3, 6)
    >>> [gradient.shape for gradient in layer.backward(np.ones((5, 3, 6)))]
    [(5, 3, 6), (5, 4, 6), (5, 4, 6)]
    >>> list(layer.gradients())[:3]
    ['query_projection.W', 'query_projection.b', 'key_projection.W']

    Args:
        d_model: D.
        n_heads: H, a divisor of D.
        bias: Whether the four projections have one.
        seed: Of the initial weights.

    Raises:
        ValueError: H does not divide D.
    """

    def __init__(self, d_model: int, n_heads: int, *, bias: bool = True, seed: int = 0) -> None:
        if d_model % n_heads:
            message = f"d_model={d_model} cannot be shared among n_heads={n_heads}, expected a multiple"
            raise ValueError(message)
        self.n_heads = n_heads
        seeds = child_seeds(seed, 4)
        self.query_projection = Linear(d_model, d_model, bias=bias, seed=seeds[0])
        self.key_projection = Linear(d_model, d_model, bias=bias, seed=seeds[1])
        self.value_projection = Linear(d_model, d_model, bias=bias, seed=seeds[2])
        self.attention = ScaledDotProductAttention()
        self.output_projection = Linear(d_model, d_model, bias=bias, seed=seeds[3])

    def forward(
        self, query: np.ndarray, key: np.ndarray, value: np.ndarray, mask: np.ndarray | None = None
    ) -> np.ndarray:
        """Map Q (N, L, D), K (N, S, D) and V (N, S, D) to Y (N, L, D).

        Args:
            query: Q.
            key: K.
            value: V.
            mask: Booleans that broadcast to (N, L, S), True where attention is allowed; the same for every head.
        """
        heads = self.attention.forward(
            self._split(self.query_projection.forward(query)),
            self._split(self.key_projection.forward(key)),
            self._split(self.value_projection.forward(value)),
            None if mask is None else mask[..., np.newaxis, :, :],
        )
        return self.output_projection.forward(self._join(heads))

    def backward(self, y_bar: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Map dY (N, L, D) to dQ (N, L, D), dK (N, S, D) and dV (N, S, D)."""
        heads_bar = self._split(self.output_projection.backward(y_bar))
        query_bar, key_bar, value_bar = self.attention.backward(heads_bar)
        return (
            self.query_projection.backward(self._join(query_bar)),
            self.key_projection.backward(self._join(key_bar)),
            self.value_projection.backward(self._join(value_bar)),
        )

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `query_projection.W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)

    def _split(self, x: np.ndarray) -> np.ndarray:
        """(N, L, D) to (N, H, L, D / H)."""
        # No -1 for D / H: an empty batch would leave it open.
        heads: np.ndarray = x.reshape(*x.shape[:-1], self.n_heads, x.shape[-1] // self.n_heads)
        return np.swapaxes(heads, -2, -3)

    def _join(self, heads: np.ndarray) -> np.ndarray:
        """(N, H, L, D / H) to (N, L, D)."""
        together = np.swapaxes(heads, -2, -3)
        x: np.ndarray = together.reshape(*together.shape[:-2], together.shape[-2] * together.shape[-1])
        return x
