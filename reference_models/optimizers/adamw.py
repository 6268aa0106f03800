"""Adam with decoupled weight decay."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reference_models.optimizers.moments import Moments
from reference_models.optimizers.pairing import paired


class AdamW:
    """W *= 1 - learning_rate weight_decay,  then W -= learning_rate m / (sqrt(v) + epsilon), in place.

    Loshchilov and Hutter, 2019: the decay does not pass through the moments m and v of dW.

    >>> W = np.array([1.0])
    >>> AdamW({"W": W}, learning_rate=0.1, weight_decay=0.5).step({"W": np.array([3.0])})
    >>> W.round(6)  # 0.95 - 0.1
    array([0.85])

    Args:
        parameters: Name to array; the arrays themselves are moved.
        learning_rate: Of the next step.
        beta1: The part of the first moment that is kept, in [0, 1).
        beta2: The part of the second moment that is kept, in [0, 1).
        epsilon: Added outside of the root, against division by 0.
        weight_decay: The part of W that one step takes away, per unit of learning rate.
    """

    def __init__(
        self,
        parameters: Mapping[str, np.ndarray],
        *,
        learning_rate: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        self.parameters = parameters
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.moments = Moments(parameters, beta1=beta1, beta2=beta2, epsilon=epsilon)

    def step(self, gradients: Mapping[str, np.ndarray]) -> None:
        """Move every parameter by its gradient, of the same name and shape."""
        self.moments.advance()
        for name, parameter, gradient in paired(self.parameters, gradients):
            parameter[...] *= 1 - self.learning_rate * self.weight_decay
            parameter[...] -= self.learning_rate * self.moments.direction(name, gradient)
