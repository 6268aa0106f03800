"""A layer of the transformer's decoder."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers.feed_forward import FeedForward
from reference_models.numpy_layers.multi_head_attention import MultiHeadAttention
from reference_models.numpy_layers.residual import Residual
from reference_models.seeds import child_seeds


class DecoderLayer:
    """Self-attention, attention to the encoder's answer, the feed-forward network, each with its residual connection.

    Shapes: x and y (N, L, D), memory (N, S, D).

    h = norm(x + attention(x, x, x)),  g = norm(h + attention(h, memory, memory)),  y = norm(g + feed_forward(g));
    with norm_first each normalisation is of the part's input instead, the memory left as it is.
    Backward walks them from last to first; memory_bar is the sum of its gradients as key and as value.

    >>> layer = DecoderLayer(4, 2, 8)
    >>> layer.forward(np.ones((3, 5, 4)), np.ones((3, 6, 4))).shape
    (3, 5, 4)
    >>> [gradient.shape for gradient in layer.backward(np.ones((3, 5, 4)))]
    [(3, 5, 4), (3, 6, 4)]
    >>> layer.gradients()["feed_forward_residual.norm.beta"]
    array([15., 15., 15., 15.])

    Args:
        d_model: D.
        n_heads: Heads of each attention, a divisor of D.
        d_ff: Hidden features of the feed-forward network.
        norm_first: Whether the normalisation comes before each of the three, rather than after.
        activation: One of the names in ACTIVATIONS.
        dropout: Probability of an entry of a part's output to be dropped in training.
        seed: Of the initial weights and the dropout's masks.

    Raises:
        ValueError: The heads do not divide D, or there is no such activation.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        *,
        norm_first: bool = False,
        activation: str = "relu",
        dropout: float = 0.0,
        seed: int = 0,
    ) -> None:
        seeds = child_seeds(seed, 6)
        self.self_attention = MultiHeadAttention(d_model, n_heads, seed=seeds[0])
        self.self_attention_residual = Residual(d_model, norm_first=norm_first, dropout=dropout, seed=seeds[1])
        self.cross_attention = MultiHeadAttention(d_model, n_heads, seed=seeds[2])
        self.cross_attention_residual = Residual(d_model, norm_first=norm_first, dropout=dropout, seed=seeds[3])
        self.feed_forward = FeedForward(d_model, d_ff, activation=activation, seed=seeds[4])
        self.feed_forward_residual = Residual(d_model, norm_first=norm_first, dropout=dropout, seed=seeds[5])

    def forward(
        self,
        x: np.ndarray,
        memory: np.ndarray,
        mask: np.ndarray | None = None,
        memory_mask: np.ndarray | None = None,
    ) -> np.ndarray:
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
        processed = self.feed_forward.forward(self.feed_forward_residual.enter(g))
        return self.feed_forward_residual.leave(g, processed)

    def backward(self, y_bar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Map y_bar (N, L, D) to x_bar (N, L, D) and memory_bar (N, S, D)."""
        g_bar, processed_bar = self.feed_forward_residual.leave_backward(y_bar)
        g_bar = self.feed_forward_residual.enter_backward(g_bar, self.feed_forward.backward(processed_bar))
        h_bar, attended_bar = self.cross_attention_residual.leave_backward(g_bar)
        query_bar, memory_key_bar, memory_value_bar = self.cross_attention.backward(attended_bar)
        h_bar = self.cross_attention_residual.enter_backward(h_bar, query_bar)
        x_bar, attended_bar = self.self_attention_residual.leave_backward(h_bar)
        query_bar, key_bar, value_bar = self.self_attention.backward(attended_bar)
        x_bar = self.self_attention_residual.enter_backward(x_bar, query_bar + key_bar + value_bar)
        return x_bar, memory_key_bar + memory_value_bar

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `feed_forward.first.W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
