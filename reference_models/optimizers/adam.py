"""Adam."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reference_models.optimizers.moments import Moments
from reference_models.optimizers.pairing import paired


class Adam:
    """W -= learning_rate m / (sqrt(v) + epsilon), in place, with the corrected moments of dW + weight_decay W.

    Kingma and Ba, 2015, algorithm 1; the decay is coupled: it passes through the moments.

    >>> W = np.array([1.0, 2.0])
    >>> Adam({"W": W}, learning_rate=0.1).step({"W": np.array([3.0, -0.5])})
    >>> W.round(6)
    array([0.9, 2.1])

    Args:
        parameters: Name to array; the arrays themselves are moved.
        learning_rate: Of the next step.
        beta1: The part of the first moment that is kept, in [0, 1).
        beta2: The part of the second moment that is kept, in [0, 1).
        epsilon: Added outside of the root, against division by 0.
        weight_decay: Adds the gradient of weight_decay |W|^2 / 2 to dW.
    """

    def __init__(
        self,
        parameters: Mapping[str, np.ndarray],
        *,
        learning_rate: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.parameters = parameters
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.moments = Moments(parameters, beta1=beta1, beta2=beta2, epsilon=epsilon)

    def step(self, gradients: Mapping[str, np.ndarray]) -> None:
        """Move every parameter by its gradient, of the same name and shape."""
        self.moments.advance()
        for name, parameter, gradient in paired(self.parameters, gradients):
            decayed = gradient + self.weight_decay * parameter
            parameter[...] -= self.learning_rate * self.moments.direction(name, decayed)
