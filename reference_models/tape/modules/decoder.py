"""The transformer's decoder."""

from __future__ import annotations

import numpy as np

from reference_models.seeds import child_seeds
from reference_models.tape.modules.decoder_layer import DecoderLayer
from reference_models.tape.modules.layer_norm import LayerNorm
from reference_models.tape.tensor import Tensor


class Decoder:
    """Decoder layers one after another, all attending to one memory, and at will a normalisation at the end.

    Shapes: x and y (N, L, D), memory (N, S, D).

    >>> Decoder(2, 4, 2, 8).forward(Tensor(np.ones((3, 5, 4))), Tensor(np.ones((3, 6, 4)))).shape
    (3, 5, 4)

    Args:
        n_layers: Number of layers.
        d_model: D.
        n_heads: Heads of each attention, a divisor of D.
        d_ff: Hidden features of the feed-forward network.
        norm_first: Whether each layer normalises before its three parts, rather than after.
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
            DecoderLayer(d_model, n_heads, d_ff, norm_first=norm_first, activation=activation, seed=layer_seed)
            for layer_seed in child_seeds(seed, n_layers)
        ]
        self.norm = LayerNorm(d_model) if final_norm else None

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
        for layer in self.layers:
            x = layer.forward(x, memory, mask, memory_mask)
        return x if self.norm is None else self.norm.forward(x)
