"""The transformer's encoder."""

from __future__ import annotations

import numpy as np

from reference_models.seeds import child_seeds
from reference_models.tape.modules.encoder_layer import EncoderLayer
from reference_models.tape.modules.layer_norm import LayerNorm
from reference_models.tape.tensor import Tensor


class Encoder:
    """Encoder layers one after another, and at will a normalisation at the end.

    Shapes: x and y (N, L, D).

    >>> Encoder(2, 4, 2, 8).forward(Tensor(np.ones((3, 5, 4)))).shape
    (3, 5, 4)

    Args:
        n_layers: Number of layers.
        d_model: D.
        n_heads: Heads of the attention, a divisor of D.
        d_ff: Hidden features of the feed-forward network.
        norm_first: Whether each layer normalises before its two parts, rather than after.
        final_norm: Whether a normalisation comes last; with norm_first nothing else keeps y in bounds.
        activation: One of the names in ACTIVATIONS.
        seed: Of the initial weights.
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
        seed: int = 0,
    ) -> None:
        self.layers = [
            EncoderLayer(d_model, n_heads, d_ff, norm_first=norm_first, activation=activation, seed=layer_seed)
            for layer_seed in child_seeds(seed, n_layers)
        ]
        self.norm = LayerNorm(d_model) if final_norm else None

    def forward(self, x: Tensor, mask: np.ndarray | None = None) -> Tensor:
        """Map x (N, L, D) to y (N, L, D).

        Args:
            x: The input.
            mask: Booleans that broadcast to (N, L, L), queries by keys, True where attention is allowed.
        """
        for layer in self.layers:
            x = layer.forward(x, mask)
        return x if self.norm is None else self.norm.forward(x)
