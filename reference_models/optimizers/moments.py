"""The running moments of a gradient that Adam and AdamW divide by one another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


class Moments:
    """m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2, each corrected for its start at 0.

    After step t the expected m is (1 - beta1^t) E[g], hence the division by 1 - beta1^t, and alike for v.

    >>> moments = Moments({"W": np.zeros(2)}, beta1=0.9, beta2=0.999, epsilon=1e-8)
    >>> moments.advance()
    >>> moments.direction("W", np.array([1e-4, -4.0])).round(3)  # the first step is the sign of the gradient
    array([ 1., -1.])

    Args:
        parameters: Name to array, for the shapes of m and v.
        beta1: The part of m that is kept, in [0, 1).
        beta2: The part of v that is kept, in [0, 1).
        epsilon: Added to the root of the corrected v, outside of the root.
    """

    def __init__(self, parameters: Mapping[str, np.ndarray], *, beta1: float, beta2: float, epsilon: float) -> None:
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.steps = 0
        self.m = {name: np.zeros_like(parameter) for name, parameter in parameters.items()}
        self.v = {name: np.zeros_like(parameter) for name, parameter in parameters.items()}

    def advance(self) -> None:
        """Begin the next step, once for all parameters."""
        self.steps += 1

    def direction(self, name: str, gradient: np.ndarray) -> np.ndarray:
        """Take in the gradient of one parameter; return corrected m / (root of corrected v + epsilon), same shape."""
        m, v = self.m[name], self.v[name]
        m *= self.beta1
        m += (1 - self.beta1) * gradient
        v *= self.beta2
        v += (1 - self.beta2) * gradient**2
        root = np.sqrt(v) / np.sqrt(1 - self.beta2**self.steps)
        direction: np.ndarray = m / (1 - self.beta1**self.steps) / (root + self.epsilon)
        return direction
