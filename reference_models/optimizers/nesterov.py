"""Nesterov's accelerated gradient."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reference_models.optimizers.pairing import paired


class Nesterov:
    """With g = dW + weight_decay W: v <- momentum v + g,  then W -= learning_rate (g + momentum v), in place.

    The gradient is taken where W stands, not ahead of it: the form of Sutskever et al., 2013, after their change of
    variables, which needs no second evaluation.

    >>> W = np.array([1.0])
    >>> Nesterov({"W": W}, learning_rate=0.5, momentum=0.5).step({"W": np.array([1.0])})
    >>> W
    array([0.25])

    Args:
        parameters: Name to array; the arrays themselves are moved.
        learning_rate: Of the next step.
        momentum: The part of the velocity v that is kept, in (0, 1).
        weight_decay: Adds the gradient of weight_decay |W|^2 / 2.
    """

    def __init__(
        self,
        parameters: Mapping[str, np.ndarray],
        *,
        learning_rate: float,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
    ) -> None:
        self.parameters = parameters
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.velocity = {name: np.zeros_like(parameter) for name, parameter in parameters.items()}

    def step(self, gradients: Mapping[str, np.ndarray]) -> None:
        """Move every parameter by its gradient, of the same name and shape."""
        for name, parameter, gradient in paired(self.parameters, gradients):
            decayed = gradient + self.weight_decay * parameter
            velocity = self.velocity[name]
            velocity *= self.momentum
            velocity += decayed
            parameter[...] -= self.learning_rate * (decayed + self.momentum * velocity)
