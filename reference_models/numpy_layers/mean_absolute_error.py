"""The mean absolute error."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_models.numpy_layers.targets import require_same_shape


class MeanAbsoluteError:
    """loss = sum of |prediction - target| / M over all M entries.

    Shapes: prediction and target (...), M entries each; loss a scalar.

    d loss / d prediction = sign(prediction - target) / M. At the kink, where they are equal, it is taken to be 0.

    >>> loss = MeanAbsoluteError()
    >>> print(loss.forward(np.array([[1.0, 2.0]]), np.array([[0.0, 5.0]])))
    2.0
    >>> loss.backward()
    array([[ 0.5, -0.5]])
    """

    def forward(self, prediction: np.ndarray, target: np.ndarray) -> np.floating[Any]:
        """Map prediction (...) and target (...) to the loss.

        Raises:
            ValueError: The shapes differ.
        """
        require_same_shape(prediction, target)
        self.residual = prediction - target
        loss: np.floating[Any] = np.mean(np.abs(self.residual))
        return loss

    def backward(self) -> np.ndarray:
        """Return d loss / d prediction (...)."""
        prediction_bar: np.ndarray = np.sign(self.residual) / self.residual.size
        return prediction_bar
