"""The position-wise feed-forward network."""

from __future__ import annotations

from reference_models.seeds import child_seeds
from reference_models.tape.functions import ACTIVATIONS
from reference_models.tape.modules.linear import Linear
from reference_models.tape.tensor import Tensor


class FeedForward:
    """Y = a(X W_1 + b_1) W_2 + b_2, position by position.

    Shapes: X and Y (..., D), W_1 (D, F), W_2 (F, D).

    >>> FeedForward(2, 3).forward(Tensor([[1.0, 2.0]] * 5)).shape
    (5, 2)

    Args:
        d_model: D.
        d_ff: F.
        activation: One of the names in ACTIVATIONS.
        seed: Of the initial weights.
    """

    def __init__(self, d_model: int, d_ff: int, *, activation: str = "relu", seed: int = 0) -> None:
        seeds = child_seeds(seed, 2)
        self.first = Linear(d_model, d_ff, seed=seeds[0])
        self.activation = ACTIVATIONS[activation]
        self.second = Linear(d_ff, d_model, seed=seeds[1])

    def forward(self, x: Tensor) -> Tensor:
        """Map X (..., D) to Y (..., D)."""
        return self.second.forward(self.activation(self.first.forward(x)))
