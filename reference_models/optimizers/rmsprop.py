"""RMSProp."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reference_models.optimizers.pairing import paired


class RMSProp:
    """With g = dW + weight_decay W: v <- decay v + (1 - decay) g^2,  W -= learning_rate g / (sqrt(v) + epsilon).

    In place. v starts at 0 and is not corrected for it, so the first steps are 1 / sqrt(1 - decay) times longer.

    >>> W = np.array([1.0])
    >>> RMSProp({"W": W}, learning_rate=0.1, decay=0.75).step({"W": np.array([3.0])})  # 3 / sqrt(9 / 4) = 2
    >>> W.round(6)
    array([0.8])

    Args:
        parameters: Name to array; the arrays themselves are moved.
        learning_rate: Of the next step.
        decay: The part of v that is kept, in [0, 1).
        epsilon: Added outside of the root, against division by 0.
        weight_decay: Adds the gradient of weight_decay |W|^2 / 2.
    """

    def __init__(
        self,
        parameters: Mapping[str, np.ndarray],
        *,
        learning_rate: float = 1e-2,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.parameters = parameters
        self.learning_rate = learning_rate
        self.decay = decay
        self.epsilon = epsilon
        self.weight_decay = weight_decay
        self.v = {name: np.zeros_like(parameter) for name, parameter in parameters.items()}

    def step(self, gradients: Mapping[str, np.ndarray]) -> None:
        """Move every parameter by its gradient, of the same name and shape."""
        for name, parameter, gradient in paired(self.parameters, gradients):
            decayed = gradient + self.weight_decay * parameter
            v = self.v[name]
            v *= self.decay
            v += (1 - self.decay) * decayed**2
            parameter[...] -= self.learning_rate * decayed / (np.sqrt(v) + self.epsilon)
