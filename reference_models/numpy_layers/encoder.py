"""The transformer's encoder."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers.encoder_layer import EncoderLayer
from reference_models.numpy_layers.layer_norm import LayerNorm
from reference_models.seeds import child_seeds


class Encoder:
    """Encoder layers one after another, and at will a normalisation at the end.

    Shapes: x and y (N, L, D).

    y = norm(layer_n(... layer_1(x))), and backward walks the same layers from last to first.

    >>> encoder = Encoder(2, 4, 2, 8, norm_first=True, final_norm=True)
    >>> encoder.forward(np.ones((3, 5, 4))).shape
    (3, 5, 4)
    >>> encoder.backward(np.ones((3, 5, 4))).shape
    (3, 5, 4)
    >>> len(encoder.parameters())
    34
    >>> encoder.gradients()["layers[1].feed_forward.first.W"].shape
    (4, 8)

    Args:
        n_layers: Number of layers.
        d_model: D.
        n_heads: Heads of the attention, a divisor of D.
        d_ff: Hidden features of the feed-forward network.
        norm_first: Whether each layer normalises before its two parts, rather than after.
        final_norm: Whether a normalisation comes last; with norm_first nothing else keeps y in bounds.
        activation: One of the names in ACTIVATIONS.
        dropout: Probability of an entry of a part's output to be dropped in training.
        seed: Of the initial weights and the dropout's masks.

    Raises:
        ValueError: The heads do not divide D, or there is no such activation.
    """

    def __init__(
        self,
        n_layers: int,
        d_model: int,
        n_heads: int,
        d_ff: int,
        *,
        norm_first: bool = False,
        final_norm: bool = False,
        activation: str = "relu",
        dropout: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.layers = [
            EncoderLayer(
                d_model, n_heads, d_ff, norm_first=norm_first, activation=activation, dropout=dropout, seed=layer_seed
            )
            for layer_seed in child_seeds(seed, n_layers)
        ]
        self.norm = LayerNorm(d_model) if final_norm else None

    def forward(self, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        """Map x (N, L, D) to y (N, L, D).

        Args:
            x: The input.
            mask: Booleans that broadcast to (N, L, L), queries by keys, True where attention is allowed.
        """
        for layer in self.layers:
            x = layer.forward(x, mask)
        return x if self.norm is None else self.norm.forward(x)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (N, L, D) to x_bar (N, L, D)."""
        if self.norm is not None:
            y_bar = self.norm.backward(y_bar)
        for layer in reversed(self.layers):
            y_bar = layer.backward(y_bar)
        return y_bar

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `layers[0].feed_forward.first.W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
