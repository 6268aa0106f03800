"""The transformer's decoder."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers.decoder_layer import DecoderLayer
from reference_models.numpy_layers.layer_norm import LayerNorm
from reference_models.seeds import child_seeds


class Decoder:
    """Decoder layers one after another, all attending to one memory, and at will a normalisation at the end.

    Shapes: x and y (N, L, D), memory (N, S, D).

    y = norm(layer_n(... layer_1(x, memory) ..., memory)); memory_bar is the sum over the layers.

    >>> decoder = Decoder(2, 4, 2, 8)
    >>> decoder.forward(np.ones((3, 5, 4)), np.ones((3, 6, 4))).shape
    (3, 5, 4)
    >>> [gradient.shape for gradient in decoder.backward(np.ones((3, 5, 4)))]
    [(3, 5, 4), (3, 6, 4)]
    >>> decoder.gradients()["layers[1].cross_attention.key_projection.W"].shape
    (4, 4)

    Args:
        n_layers: Number of layers, one at least.
        d_model: D.
        n_heads: Heads of each attention, a divisor of D.
        d_ff: Hidden features of the feed-forward network.
        norm_first: Whether each layer normalises before its three parts, rather than after.
        final_norm: Whether a normalisation comes last; with norm_first nothing else keeps y in bounds.
        activation: One of the names in ACTIVATIONS.
        dropout: Probability of an entry of a part's output to be dropped in training.
        seed: Of the initial weights and the dropout's masks.

    Raises:
        ValueError: The heads do not divide D, or there is no such activation, or no layer.
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
        if n_layers < 1:
            message = f"n_layers={n_layers} never looks at the memory, expected at least 1"
            raise ValueError(message)
        self.layers = [
            DecoderLayer(
                d_model, n_heads, d_ff, norm_first=norm_first, activation=activation, dropout=dropout, seed=layer_seed
            )
            for layer_seed in child_seeds(seed, n_layers)
        ]
        self.norm = LayerNorm(d_model) if final_norm else None

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
        for layer in self.layers:
            x = layer.forward(x, memory, mask, memory_mask)
        return x if self.norm is None else self.norm.forward(x)

    def backward(self, y_bar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Map y_bar (N, L, D) to x_bar (N, L, D) and memory_bar (N, S, D)."""
        if self.norm is not None:
            y_bar = self.norm.backward(y_bar)
        x_bar, memory_bar = self.layers[-1].backward(y_bar)
        for layer in reversed(self.layers[:-1]):
            x_bar, more = layer.backward(x_bar)
            memory_bar = memory_bar + more
        return x_bar, memory_bar

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `layers[0].feed_forward.first.W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
