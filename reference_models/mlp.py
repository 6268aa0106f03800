"""The multi-layer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers import Linear
from reference_models.numpy_layers.activations import Activation, make_activation


class MLP:
    """Linear layers with an activation between each two of them; the last one's output is the answer.

    Shapes: x (..., layer_sizes[0]), y (..., layer_sizes[-1]), with any number of leading axes.

    y = W_n a(... a(x W_1 + b_1) ...) + b_n, and backward walks the same layers from last to first.

    >>> model = MLP([3, 8, 8, 2], activation="tanh")
    >>> list(model.parameters())
    ['layers[0].W', 'layers[0].b', 'layers[2].W', 'layers[2].b', 'layers[4].W', 'layers[4].b']
    >>> model.forward(np.ones((5, 3))).shape
    (5, 2)
    >>> model.backward(np.ones((5, 2))).shape
    (5, 3)
    >>> model.gradients()["layers[4].b"]
    array([5., 5.])

    Args:
        layer_sizes: Features of the input, of each hidden layer, and of the output; at least two.
        activation: One of the names in ACTIVATIONS.
        seed: Of the initial weights (Xavier, see Linear).

    Raises:
        ValueError: Fewer than two sizes, or no such activation.
    """

    def __init__(self, layer_sizes: Sequence[int], *, activation: str = "relu", seed: int = 0) -> None:
        if len(layer_sizes) < 2:
            message = f"layer_sizes {list(layer_sizes)} has no layer, expected at least an input and an output size"
            raise ValueError(message)
        make_activation(activation)  # one layer alone has none, and a wrong name is told all the same
        self.layers: list[Linear | Activation] = []
        for index, (in_features, out_features) in enumerate(pairwise(layer_sizes)):
            if index > 0:
                self.layers.append(make_activation(activation))
            # Each layer its own seed: two of one shape must not start equal.
            self.layers.append(Linear(in_features, out_features, seed=seed + index))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (..., layer_sizes[0]) to y (..., layer_sizes[-1])."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (..., layer_sizes[-1]) to x_bar (..., layer_sizes[0]); leave dW and db on every Linear."""
        for layer in reversed(self.layers):
            y_bar = layer.backward(y_bar)
        return y_bar

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `layers[0].W`; the arrays themselves, so that an optimizer can update them."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
