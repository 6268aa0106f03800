"""The encoder-decoder transformer."""

from __future__ import annotations

import math

import numpy as np

from reference_models.numpy_layers.masks import causal_mask, padding_mask
from reference_models.numpy_layers.sinusoidal_encoding import sinusoids
from reference_models.seeds import child_seeds
from reference_models.tape.modules import parameters
from reference_models.tape.modules.decoder import Decoder
from reference_models.tape.modules.embedding import Embedding
from reference_models.tape.modules.encoder import Encoder
from reference_models.tape.modules.linear import Linear
from reference_models.tape.tensor import Tensor


class Transformer:
    """Reads a source sequence, and gives for every position of a target sequence the logits of what comes next.

    Shapes: source (N, S) and target (N, T) integers in 0 .. V-1, logits (N, T, V).

    memory = encoder(e(source)),  logits = decoder(e'(target), memory) W + b, with e(ids) = sqrt(D) W_e[ids] + sinusoids
    and e' the same with a table of its own; the target is masked causally.

    >>> model = Transformer(vocab_size=11, d_model=8, n_heads=2, n_layers=1, d_ff=16)
    >>> model.forward(np.array([[1, 2, 3]]), np.array([[4, 5]])).sum().backward()
    >>> model.gradients()["output.b"]
    array([2., 2., 2., 2., 2., 2., 2., 2., 2., 2., 2.])

    Args:
        vocab_size: V.
        d_model: D.
        n_heads: Heads of each attention, a divisor of D.
        n_layers: Layers of the encoder, and of the decoder.
        d_ff: Hidden features of each feed-forward network.
        padding: The number that stands for no token; nobody attends to it. None where there is none.
        norm_first: Whether each layer normalises before its parts, rather than after.
        activation: One of the names in ACTIVATIONS.
        seed: Of the initial weights.
    """

    def __init__(
        self,
        vocab_size: int,
        d_model: int,
        n_heads: int,
        n_layers: int,
        d_ff: int,
        *,
        padding: int | None = None,
        norm_first: bool = False,
        activation: str = "relu",
        seed: int = 0,
    ) -> None:
        # The second and the fifth seed are those of the dropout, which there is none of.
        seeds = child_seeds(seed, 7)
        self.scale = math.sqrt(d_model)
        self.padding = padding
        self.source_embedding = Embedding(vocab_size, d_model, seed=seeds[0])
        self.encoder = Encoder(
            n_layers,
            d_model,
            n_heads,
            d_ff,
            norm_first=norm_first,
            final_norm=True,
            activation=activation,
            seed=seeds[2],
        )
        self.target_embedding = Embedding(vocab_size, d_model, seed=seeds[3])
        self.decoder = Decoder(
            n_layers,
            d_model,
            n_heads,
            d_ff,
            norm_first=norm_first,
            final_norm=True,
            activation=activation,
            seed=seeds[5],
        )
        self.output = Linear(d_model, vocab_size, seed=seeds[6])

    def forward(self, source: np.ndarray, target: np.ndarray) -> Tensor:
        """Map source (N, S) and target (N, T) to logits (N, T, V)."""
        memory_mask = None if self.padding is None else padding_mask(source != self.padding)
        target_mask = causal_mask(target.shape[-1])
        if self.padding is not None:
            target_mask = target_mask & padding_mask(target != self.padding)
        memory = self.encoder.forward(self._embedded(self.source_embedding, source), memory_mask)
        y = self._embedded(self.target_embedding, target)
        return self.output.forward(self.decoder.forward(y, memory, target_mask, memory_mask))

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array; the arrays themselves, so that an optimizer can update them."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients since `zero_grad`."""
        return parameters.gradients(self)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        parameters.zero_grad(self)

    def _embedded(self, embedding: Embedding, ids: np.ndarray) -> Tensor:
        x = embedding.forward(ids) * self.scale
        return x + sinusoids(*x.shape[-2:])
