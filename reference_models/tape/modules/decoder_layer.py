"""A layer of the transformer's decoder."""

from __future__ import annotations

import numpy as np

from reference_models.seeds import child_seeds
from reference_models.tape.modules.feed_forward import FeedForward
from reference_models.tape.modules.multi_head_attention import MultiHeadAttention
from reference_models.tape.modules.residual import Residual
from reference_models.tape.tensor import Tensor


class DecoderLayer:
    """Self-attention, attention to the encoder's answer, the feed-forward network, each with its residual connection.

    Shapes: x and y (N, L, D), memory (N, S, D).

    >>> DecoderLayer(4, 2, 8).forward(Tensor(np.ones((3, 5, 4))), Tensor(np.ones((3, 6, 4)))).shape
    (3, 5, 4)

    Args:
        d_model: D.
        n_heads: Heads of each attention, a divisor of D.
        d_ff: Hidden features of the feed-forward network.
        norm_first: Whether the normalisation comes before each of the three, rather than after.
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
        # Every second seed is that of a dropout, which there is none of.
        seeds = child_seeds(seed, 6)
        self.self_attention = MultiHeadAttention(d_model, n_heads, seed=seeds[0])
        self.self_attention_residual = Residual(d_model, norm_first=norm_first)
        self.cross_attention = MultiHeadAttention(d_model, n_heads, seed=seeds[2])
        self.cross_attention_residual = Residual(d_model, norm_first=norm_first)
        self.feed_forward = FeedForward(d_model, d_ff, activation=activation, seed=seeds[4])
        self.feed_forward_residual = Residual(d_model, norm_first=norm_first)

    def forward(
        self, x: Tensor, memory: Tensor, mask: np.ndarray | None = None, memory_mask: np.ndarray | None = None
    ) -> Tensor:
        """Map x (N, L, D) and memory (N, S, D) to y (N, L, D).

        Args:
            x: The input.
            memory: What the encoder answered.
            mask: Booleans that broadcast to (N, L, L), queries by keys, True where attention to x is allowed.
            memory_mask: The same for the memory, (N, L, S).
        """
        entered = self.self_attention_residual.enter(x)
        h = self.self_attention_residual.leave(x, self.self_attention.forward(entered, entered, entered, mask))
        entered = self.cross_attention_residual.enter(h)
        g = self.cross_attention_residual.leave(h, self.cross_attention.forward(entered, memory, memory, memory_mask))
        entered = self.feed_forward_residual.enter(g)
        return self.feed_forward_residual.leave(g, self.feed_forward.forward(entered))
