"""The decoder-only transformer."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.masks import causal_mask
from reference_models.seeds import child_seeds
from reference_models.tape.modules import parameters
from reference_models.tape.modules.embedding import Embedding
from reference_models.tape.modules.encoder import Encoder
from reference_models.tape.modules.linear import Linear
from reference_models.tape.tensor import Tensor


class GPT:
    """Gives for every position of a sequence the logits of what comes next.

    Shapes: ids (N, L) integers in 0 .. V-1, logits (N, L, V).

    h = layers(W_e[ids] + W_p), masked causally and normalised first and last;  logits = h W_e^T, the embedding's own
    table; with `tied` false, logits = h W.

    >>> model = GPT(vocab_size=11, d_model=8, n_heads=2, n_layers=1, d_ff=16, max_length=5)
    >>> model.forward(np.array([[1, 2, 3]])).shape
    (1, 3, 11)

    Args:
        vocab_size: V.
        d_model: D.
        n_heads: Heads of each attention, a divisor of D.
        n_layers: Number of layers.
        d_ff: Hidden features of each feed-forward network.
        max_length: The largest L.
        tied: Whether the embedding's table gives the logits as well.
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
        max_length: int,
        *,
        tied: bool = True,
        activation: str = "tanh_gelu",
        seed: int = 0,
    ) -> None:
        # The third seed is that of the dropout, which there is none of.
        seeds = child_seeds(seed, 5)
        self.token_embedding = Embedding(vocab_size, d_model, seed=seeds[0])
        self.positions = Embedding(max_length, d_model, seed=seeds[1])
        self.layers = Encoder(
            n_layers, d_model, n_heads, d_ff, norm_first=True, final_norm=True, activation=activation, seed=seeds[3]
        )
        self.output = None if tied else Linear(d_model, vocab_size, bias=False, seed=seeds[4])

    def forward(self, ids: np.ndarray) -> Tensor:
        """Map ids (N, L) to logits (N, L, V)."""
        length = ids.shape[-1]
        x = self.token_embedding.forward(ids) + self.positions.forward(np.arange(length))
        h = self.layers.forward(x, causal_mask(length))
        return h @ self.token_embedding.W.swap(0, 1) if self.output is None else self.output.forward(h)

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array; the arrays themselves, so that an optimizer can update them."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients since `zero_grad`."""
        return parameters.gradients(self)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        parameters.zero_grad(self)
