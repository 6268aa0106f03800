"""The cross-entropy of two classes, of probabilities and of logits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from reference_models.numpy_layers.sigmoid import sigmoid
from reference_models.numpy_layers.targets import require_same_shape

#: A logarithm is never taken to be less, so that a sure and wrong prediction costs much and not everything.
LEAST_LOGARITHM = -100.0
#: Nor p (1 - p), for the same reason; the gradient of such a prediction is large, not infinite.
LEAST_VARIANCE = 1e-12


class BinaryCrossEntropy:
    """loss = -sum of (t log p + (1 - t) log(1 - p)) / M over all M entries.

    Shapes: prediction p and target t (...), M entries each, 0 <= p <= 1; loss a scalar. Logarithms end at -100.

    d loss / d p = (p - t) / (p (1 - p)) / M

    >>> loss = BinaryCrossEntropy()
    >>> print(round(np.exp(-2 * loss.forward(np.array([0.25, 0.5]), np.array([1.0, 0.0]))), 12))
    0.125
    >>> loss.backward()
    array([-2.,  1.])
    """

    def forward(self, prediction: np.ndarray, target: np.ndarray) -> np.floating[Any]:
        """Map prediction (...) and target (...) to the loss.

        Raises:
            ValueError: The shapes differ, or a prediction is no probability.
        """
        require_same_shape(prediction, target)
        if np.any((prediction < 0) | (prediction > 1)):
            message = f"predictions span {prediction.min()} .. {prediction.max()}, expected 0 .. 1"
            raise ValueError(message)
        self.prediction, self.target = prediction, target
        least = math.exp(LEAST_LOGARITHM)
        log_p, log_rest = np.log(np.maximum(prediction, least)), np.log(np.maximum(1 - prediction, least))
        loss: np.floating[Any] = -np.mean(target * log_p + (1 - target) * log_rest)
        return loss

    def backward(self) -> np.ndarray:
        """Return d loss / d prediction (...)."""
        p = self.prediction
        p_bar: np.ndarray = (p - self.target) / np.maximum(p * (1 - p), LEAST_VARIANCE) / p.size
        return p_bar


class BinaryCrossEntropyWithLogits:
    """loss = sum of (log(1 + exp(x)) - t x) / M over all M entries: BinaryCrossEntropy of p = 1 / (1 + exp(-x)).

    Shapes: logits x and target t (...), M entries each; loss a scalar.

    d loss / d x = (p - t) / M

    >>> loss = BinaryCrossEntropyWithLogits()
    >>> print(loss.forward(np.array([0.0, 800.0]), np.array([1.0, 0.0])).round(6))  # (log 2 + 800) / 2
    400.346574
    >>> loss.backward()
    array([-0.25,  0.5 ])
    """

    def forward(self, logits: np.ndarray, target: np.ndarray) -> np.floating[Any]:
        """Map logits (...) and target (...) to the loss.

        Raises:
            ValueError: The shapes differ.
        """
        require_same_shape(logits, target)
        self.logits, self.target = logits, target
        loss: np.floating[Any] = np.mean(np.logaddexp(0, logits) - target * logits)
        return loss

    def backward(self) -> np.ndarray:
        """Return d loss / d logits (...)."""
        logits_bar: np.ndarray = (sigmoid(self.logits) - self.target) / self.logits.size
        return logits_bar
