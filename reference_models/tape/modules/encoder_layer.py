"""A layer of the transformer's encoder; with a causal mask, one of a decoder without encoder."""

from __future__ import annotations

import numpy as np

from reference_models.seeds import child_seeds
from reference_models.tape.modules.feed_forward import FeedForward
from reference_models.tape.modules.multi_head_attention import MultiHeadAttention
from reference_models.tape.modules.residual import Residual
from reference_models.tape.tensor import Tensor


class EncoderLayer:
    """Self-attention, then the feed-forward network, each with its residual connection.

    Shapes: x and y (N, L, D).

    >>> EncoderLayer(4, 2, 8).forward(Tensor(np.ones((3, 5, 4)))).shape
    (3, 5, 4)

    Args:
        d_model: D.
        n_heads: Heads of the attention, a divisor of D.
        d_ff: Hidden features of the feed-forward network.
        norm_first: Whether the normalisation comes before each of the two, rather than after.
        activation: One of the names in ACTIVATIONS.
        seed: Of the initial weights.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        *,
        norm_first: bool = False,
        activation: str = "relu",
        seed: int = 0,
    ) -> None:
        # The second and the fourth seed are those of the dropout, which there is none of.
        seeds = child_seeds(seed, 4)
        self.attention = MultiHeadAttention(d_model, n_heads, seed=seeds[0])
        self.attention_residual = Residual(d_model, norm_first=norm_first)
        self.feed_forward = FeedForward(d_model, d_ff, activation=activation, seed=seeds[2])
        self.feed_forward_residual = Residual(d_model, norm_first=norm_first)

    def forward(self, x: Tensor, mask: np.ndarray | None = None) -> Tensor:
        """Map x (N, L, D) to y (N, L, D).

        Args:
            x: The input.
            mask: Booleans that broadcast to (N, L, L), queries by keys, True where attention is allowed.
        """
        entered = self.attention_residual.enter(x)
        h = self.attention_residual.leave(x, self.attention.forward(entered, entered, entered, mask))
        entered = self.feed_forward_residual.enter(h)
        return self.feed_forward_residual.leave(h, self.feed_forward.forward(entered))
