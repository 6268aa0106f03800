"""The mean squared error."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_models.numpy_layers.targets import require_same_shape


class MeanSquaredError:
    """loss = sum of (prediction - target)^2 / M over all M entries; half of that with `half`.

    Shapes: prediction and target (...), M entries each; loss a scalar.

    d loss / d prediction = 2 (prediction - target) / M; without the 2 with `half`.

    >>> loss = MeanSquaredError()
    >>> print(loss.forward(np.array([[1.0, 2.0]]), np.array([[0.0, 5.0]])))
    5.0
    >>> loss.backward()
    array([[ 1., -3.]])
    >>> loss = MeanSquaredError(half=True)
    >>> print(loss.forward(np.array([[1.0, 2.0]]), np.array([[0.0, 5.0]])))
    2.5
    >>> loss.backward()
    array([[ 0.5, -1.5]])

    Args:
        half: Whether the loss carries the factor 1/2 that the derivative's 2 cancels.
    """

    def __init__(self, *, half: bool = False) -> None:
        self.factor = 0.5 if half else 1.0

    def forward(self, prediction: np.ndarray, target: np.ndarray) -> np.floating[Any]:
        """Map prediction (...) and target (...) to the loss.

        Raises:
            ValueError: The shapes differ; (N, 1) against (N,) would broadcast to (N, N) unnoticed.
        """
        require_same_shape(prediction, target)
        self.residual = prediction - target
        loss: np.floating[Any] = self.factor * np.mean(self.residual**2)
        return loss

    def backward(self) -> np.ndarray:
        """Return d loss / d prediction (...)."""
        gradient: np.ndarray = self.factor * 2 * self.residual / self.residual.size
        return gradient
