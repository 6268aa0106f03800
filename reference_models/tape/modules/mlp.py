"""The multi-layer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from reference_models.tape.functions import ACTIVATIONS
from reference_models.tape.modules import parameters
from reference_models.tape.modules.linear import Linear
from reference_models.tape.tensor import Tensor


class MLP:
    """Linear layers with an activation between each two of them; the last one's output is the answer.

    Shapes: x (..., layer_sizes[0]), y (..., layer_sizes[-1]), with any number of leading axes.

    >>> model = MLP([3, 8, 2])
    >>> model.forward(Tensor(np.ones((5, 3)))).sum().backward()
    >>> model.gradients()["layers[1].b"]
    array([5., 5.])

    Args:
        layer_sizes: Features of the input, of each hidden layer, and of the output; at least two.
        activation: One of the names in ACTIVATIONS.
        seed: Of the initial weights (Xavier, see Linear).
    """

    def __init__(self, layer_sizes: Sequence[int], *, activation: str = "relu", seed: int = 0) -> None:
        self.layers = [
            Linear(in_features, out_features, seed=seed + index)
            for index, (in_features, out_features) in enumerate(pairwise(layer_sizes))
        ]
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        """Map x (..., layer_sizes[0]) to y (..., layer_sizes[-1])."""
        for layer in self.layers[:-1]:
            x = self.activation(layer.forward(x))
        return self.layers[-1].forward(x)

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `layers[0].W`; the arrays themselves, so that an optimizer can update them."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients since `zero_grad`."""
        return parameters.gradients(self)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        parameters.zero_grad(self)
