"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reference_models.optimizers.pairing import paired


class SGD:
    """W -= learning_rate (dW + weight_decay W), in place.

    >>> W = np.array([1.0, 2.0])
    >>> SGD({"W": W}, learning_rate=0.5).step({"W": np.array([1.0, -1.0])})
    >>> W
    array([0.5, 2.5])

    Args:
        parameters: Name to array; the arrays themselves are moved.
        learning_rate: Of the next step.
        weight_decay: Adds the gradient of weight_decay |W|^2 / 2.
    """

    def __init__(
        self, parameters: Mapping[str, np.ndarray], *, learning_rate: float, weight_decay: float = 0.0
    ) -> None:
        self.parameters = parameters
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay

    def step(self, gradients: Mapping[str, np.ndarray]) -> None:
        """Move every parameter by its gradient, of the same name and shape."""
        for _, parameter, gradient in paired(self.parameters, gradients):
            parameter[...] -= self.learning_rate * (gradient + self.weight_decay * parameter)
