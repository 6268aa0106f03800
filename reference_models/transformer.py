"""The encoder-decoder transformer."""

from __future__ import annotations

import math

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers import (
    Decoder,
    Dropout,
    Embedding,
    Encoder,
    Linear,
    SinusoidalEncoding,
    causal_mask,
    padding_mask,
)
from reference_models.seeds import child_seeds


class Transformer:
    """Reads a source sequence, and gives for every position of a target sequence the logits of what comes next.

    Shapes: source (N, S) and target (N, T) integers in 0 .. V-1, logits (N, T, V).

    memory = encoder(e(source)),  logits = decoder(e'(target), memory) W + b, with e(ids) = sqrt(D) W_e[ids] + positions
    and e' the same with a table of its own; encoder and decoder each end with a normalisation, and the target is masked
    causally.
    Vaswani et al., "Attention Is All You Need", 2017.

    >>> model = Transformer(vocab_size=11, d_model=8, n_heads=2, n_layers=1, d_ff=16)
    >>> model.forward(np.array([[1, 2, 3]]), np.array([[4, 5]])).shape
    (1, 2, 11)
    >>> model.backward(np.ones((1, 2, 11)))
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
        dropout: Probability of an entry to be dropped in training, of each part's output and of both embeddings.
        dtype: Of the parameters, and so of everything that is computed.
        seed: Of the initial weights and the dropout's masks.

    Raises:
        ValueError: The heads do not divide D, or there is no such activation, or no layer.
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
        dropout: float = 0.0,
        dtype: np.typing.DTypeLike = np.float64,
        seed: int = 0,
    ) -> None:
        seeds = child_seeds(seed, 7)
        self.d_model = d_model
        self.padding = padding
        self.source_embedding = Embedding(vocab_size, d_model, seed=seeds[0])
        self.source_positions = SinusoidalEncoding()
        self.source_dropout = Dropout(dropout, seed=seeds[1])
        self.encoder = Encoder(
            n_layers,
            d_model,
            n_heads,
            d_ff,
            norm_first=norm_first,
            final_norm=True,
            activation=activation,
            dropout=dropout,
            seed=seeds[2],
        )
        self.target_embedding = Embedding(vocab_size, d_model, seed=seeds[3])
        self.target_positions = SinusoidalEncoding()
        self.target_dropout = Dropout(dropout, seed=seeds[4])
        self.decoder = Decoder(
            n_layers,
            d_model,
            n_heads,
            d_ff,
            norm_first=norm_first,
            final_norm=True,
            activation=activation,
            dropout=dropout,
            seed=seeds[5],
        )
        self.output = Linear(d_model, vocab_size, seed=seeds[6])
        parameters.cast(self, dtype)

    def forward(self, source: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Map source (N, S) and target (N, T) to logits (N, T, V).

        Raises:
            TypeError: Source or target are no integers.
            ValueError: One of them is outside 0 .. V-1.
        """
        self.scale = math.sqrt(self.d_model)
        memory_mask = None if self.padding is None else padding_mask(source != self.padding)
        target_mask = causal_mask(target.shape[-1])
        if self.padding is not None:
            target_mask = target_mask & padding_mask(target != self.padding)
        x = self.source_positions.forward(self.source_embedding.forward(source) * self.scale)
        memory = self.encoder.forward(self.source_dropout.forward(x), memory_mask)
        y = self.target_positions.forward(self.target_embedding.forward(target) * self.scale)
        answer = self.decoder.forward(self.target_dropout.forward(y), memory, target_mask, memory_mask)
        return self.output.forward(answer)

    def backward(self, logits_bar: np.ndarray) -> None:
        """Leave the gradient of every parameter behind, given logits_bar (N, T, V)."""
        y_bar, memory_bar = self.decoder.backward(self.output.backward(logits_bar))
        y_bar = self.target_positions.backward(self.target_dropout.backward(y_bar))
        self.target_embedding.backward(y_bar * self.scale)
        x_bar = self.source_dropout.backward(self.encoder.backward(memory_bar))
        self.source_embedding.backward(self.source_positions.backward(x_bar) * self.scale)

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `decoder.layers[0].cross_attention.query_projection.W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
