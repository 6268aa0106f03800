"""A layer of the transformer's encoder."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers.feed_forward import FeedForward
from reference_models.numpy_layers.multi_head_attention import MultiHeadAttention
from reference_models.numpy_layers.residual import Residual
from reference_models.seeds import child_seeds


class EncoderLayer:
    """Self-attention, then the feed-forward network, each with its residual connection.

    Shapes: x and y (N, L, D).

    h = norm(x + attention(x, x, x)),  y = norm(h + feed_forward(h));
    with norm_first h = x + attention(n, n, n) where n = norm(x), and y = h + feed_forward(norm(h)).
    Backward walks them from last to first; the gradient of what is used twice is the sum of both.

    >>> layer = EncoderLayer(4, 2, 8)
    >>> layer.forward(np.ones((3, 5, 4))).shape
    (3, 5, 4)
    >>> layer.backward(np.ones((3, 5, 4))).shape
    (3, 5, 4)
    >>> layer.gradients()["feed_forward_residual.norm.beta"]
    array([15., 15., 15., 15.])

    Args:
        d_model: D.
        n_heads: Heads of the attention, a divisor of D.
        d_ff: Hidden features of the feed-forward network.
        norm_first: Whether the normalisation comes before each of the two, rather than after.
        activation: One of the names in ACTIVATIONS.
        dropout: Probability of an entry of either's output to be dropped in training.
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
        seeds = child_seeds(seed, 4)
        self.attention = MultiHeadAttention(d_model, n_heads, seed=seeds[0])
        self.attention_residual = Residual(d_model, norm_first=norm_first, dropout=dropout, seed=seeds[1])
        self.feed_forward = FeedForward(d_model, d_ff, activation=activation, seed=seeds[2])
        self.feed_forward_residual = Residual(d_model, norm_first=norm_first, dropout=dropout, seed=seeds[3])

    def forward(self, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        """Map x (N, L, D) to y (N, L, D).

        Args:
            x: The input.
            mask: Booleans that broadcast to (N, L, L), queries by keys, True where attention is allowed.
        """
        entered = self.attention_residual.enter(x)
        attended = self.attention.forward(entered, entered, entered, mask)
        h = self.attention_residual.leave(x, attended)
        processed = self.feed_forward.forward(self.feed_forward_residual.enter(h))
        return self.feed_forward_residual.leave(h, processed)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (N, L, D) to x_bar (N, L, D)."""
        h_bar, processed_bar = self.feed_forward_residual.leave_backward(y_bar)
        h_bar = self.feed_forward_residual.enter_backward(h_bar, self.feed_forward.backward(processed_bar))
        x_bar, attended_bar = self.attention_residual.leave_backward(h_bar)
        query_bar, key_bar, value_bar = self.attention.backward(attended_bar)
        return self.attention_residual.enter_backward(x_bar, query_bar + key_bar + value_bar)

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `feed_forward.first.W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
