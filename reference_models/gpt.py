"""The decoder-only transformer."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers import Dropout, Embedding, Encoder, LearnedEncoding, Linear, causal_mask
from reference_models.seeds import child_seeds


class GPT:
    """Gives for every position of a sequence the logits of what comes next.

    Shapes: ids (N, L) integers in 0 .. V-1, logits (N, L, V).

    h = layers(W_e[ids] + W_p), masked causally and normalised first and last;  logits = h W_e^T, the embedding's own
    table, whose gradient is then the sum of both uses; with `tied` false, logits = h W.

    >>> model = GPT(vocab_size=11, d_model=8, n_heads=2, n_layers=1, d_ff=16, max_length=5)
    >>> model.forward(np.array([[1, 2, 3]])).shape
    (1, 3, 11)
    >>> model.backward(np.ones((1, 3, 11)))
    >>> [name for name in model.gradients() if name.endswith("_embedding.W") or name.startswith("output")]
    ['token_embedding.W']

    Args:
        vocab_size: V.
        d_model: D.
        n_heads: Heads of each attention, a divisor of D.
        n_layers: Number of layers.
        d_ff: Hidden features of each feed-forward network.
        max_length: The largest L.
        tied: Whether the embedding's table gives the logits as well.
        activation: One of the names in ACTIVATIONS.
        dropout: Probability of an entry to be dropped in training, of each part's output and of the embedding.
        dtype: Of the parameters, and so of everything that is computed.
        seed: Of the initial weights and the dropout's masks.

    Raises:
        ValueError: The heads do not divide D, or there is no such activation.
    """

    def __init__(
        self,
        vocab_size: int,
        d_model: int,
        n_heads: int,
        n_layers: int,
        d_ff: int,
        max_length: int,
        *,
        tied: bool = True,
        activation: str = "tanh_gelu",
        dropout: float = 0.0,
        dtype: np.typing.DTypeLike = np.float64,
        seed: int = 0,
    ) -> None:
        seeds = child_seeds(seed, 5)
        self.token_embedding = Embedding(vocab_size, d_model, seed=seeds[0])
        self.positions = LearnedEncoding(max_length, d_model, seed=seeds[1])
        self.dropout = Dropout(dropout, seed=seeds[2])
        self.layers = Encoder(
            n_layers,
            d_model,
            n_heads,
            d_ff,
            norm_first=True,
            final_norm=True,
            activation=activation,
            dropout=dropout,
            seed=seeds[3],
        )
        self.output = None if tied else Linear(d_model, vocab_size, bias=False, seed=seeds[4])
        parameters.cast(self, dtype)

    def forward(self, ids: np.ndarray) -> np.ndarray:
        """Map ids (N, L) to logits (N, L, V).

        Raises:
            TypeError: The ids are no integers.
            ValueError: One of them is outside 0 .. V-1, or there are more than max_length.
        """
        x = self.dropout.forward(self.positions.forward(self.token_embedding.forward(ids)))
        self.h = self.layers.forward(x, causal_mask(ids.shape[-1]))
        if self.output is not None:
            return self.output.forward(self.h)
        logits: np.ndarray = self.h @ self.token_embedding.W.T
        return logits

    def backward(self, logits_bar: np.ndarray) -> None:
        """Leave the gradient of every parameter behind, given logits_bar (N, L, V)."""
        if self.output is None:
            h_bar: np.ndarray = logits_bar @ self.token_embedding.W
        else:
            h_bar = self.output.backward(logits_bar)
        x_bar = self.dropout.backward(self.layers.backward(h_bar))
        self.token_embedding.backward(self.positions.backward(x_bar))
        if self.output is None:
            vocab_size, d_model = self.token_embedding.W.shape
            self.token_embedding.dW += logits_bar.reshape(-1, vocab_size).T @ self.h.reshape(-1, d_model)

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `layers.layers[0].feed_forward.first.W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
