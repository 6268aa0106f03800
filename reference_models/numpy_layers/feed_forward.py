"""The position-wise feed-forward network."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers.activations import make_activation
from reference_models.numpy_layers.linear import Linear
from reference_models.seeds import child_seeds


class FeedForward:
    """Y = a(X W_1 + b_1) W_2 + b_2, position by position.

    Shapes: X and Y (..., D), W_1 (D, F), W_2 (F, D), with any number of leading axes.

    Backward walks the three layers from last to first.

    >>> layer = FeedForward(2, 3)
    >>> layer.forward(np.ones((5, 4, 2))).shape
    (5, 4, 2)
    >>> layer.backward(np.ones((5, 4, 2))).shape
    (5, 4, 2)
    >>> layer.gradients()["second.b"]
    array([20., 20.])

    Args:
        d_model: D.
        d_ff: F.
        activation: One of the names in ACTIVATIONS.
        seed: Of the initial weights.

    Raises:
        ValueError: No such activation.
    """

    def __init__(self, d_model: int, d_ff: int, *, activation: str = "relu", seed: int = 0) -> None:
        seeds = child_seeds(seed, 2)
        self.first = Linear(d_model, d_ff, seed=seeds[0])
        self.activation = make_activation(activation)
        self.second = Linear(d_ff, d_model, seed=seeds[1])

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map X (..., D) to Y (..., D)."""
        return self.second.forward(self.activation.forward(self.first.forward(x)))

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map dY (..., D) to dX (..., D)."""
        return self.first.backward(self.activation.backward(self.second.backward(y_bar)))

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `first.W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
