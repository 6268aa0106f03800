"""The Huber loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_models.numpy_layers.targets import require_same_shape


class Huber:
    """loss = sum of l(prediction - target) / M with l(r) = r^2 / 2 where |r| <= delta, else delta (|r| - delta / 2).

    Shapes: prediction and target (...), M entries each; loss a scalar.

    d loss / d prediction = r / M where |r| <= delta, else delta sign(r) / M.

    >>> loss = Huber(2.0)
    >>> print(loss.forward(np.array([[1.0, 2.0]]), np.array([[0.0, 5.0]])))  # half of 1/2 and of 4
    2.25
    >>> loss.backward()
    array([[ 0.5, -1. ]])

    Args:
        delta: Where the square turns into a line.
    """

    def __init__(self, delta: float = 1.0) -> None:
        self.delta = delta

    def forward(self, prediction: np.ndarray, target: np.ndarray) -> np.floating[Any]:
        """Map prediction (...) and target (...) to the loss.

        Raises:
            ValueError: The shapes differ.
        """
        require_same_shape(prediction, target)
        self.residual = prediction - target
        distance = np.abs(self.residual)
        line = self.delta * (distance - 0.5 * self.delta)
        loss: np.floating[Any] = np.mean(np.where(distance <= self.delta, 0.5 * self.residual**2, line))
        return loss

    def backward(self) -> np.ndarray:
        """Return d loss / d prediction (...)."""
        prediction_bar: np.ndarray = np.clip(self.residual, -self.delta, self.delta) / self.residual.size
        return prediction_bar
