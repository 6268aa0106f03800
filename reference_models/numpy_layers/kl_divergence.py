"""The Kullback-Leibler divergence."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_models.numpy_layers.targets import require_same_shape


class KLDivergence:
    """loss = (1/N) sum of t (log t - log_p) over all entries of N rows; an entry with t = 0 adds nothing.

    Shapes: log_p and target t (..., K), N rows each, t >= 0; loss a scalar.

    d loss / d log_p = -t / N

    >>> loss = KLDivergence()
    >>> print(loss.forward(np.log([[0.25, 0.75]]), np.array([[1.0, 0.0]])).round(6))  # log 4
    1.386294
    >>> loss.backward()
    array([[-1., -0.]])
    """

    def forward(self, log_p: np.ndarray, target: np.ndarray) -> np.floating[Any]:
        """Map log_p (..., K) and target (..., K) to the loss.

        Raises:
            ValueError: The shapes differ, or an entry of the target is negative.
        """
        require_same_shape(log_p, target)
        if np.any(target < 0):
            message = f"the least target is {target.min()}, expected probabilities"
            raise ValueError(message)
        self.target = target
        self.rows = max(target.size // target.shape[-1], 1)
        # 0 log 0 is 0, and its logarithm is not asked for.
        log_target = np.log(np.where(target > 0, target, 1))
        loss: np.floating[Any] = np.sum(target * (log_target - log_p)) / self.rows
        return loss

    def backward(self) -> np.ndarray:
        """Return d loss / d log_p (..., K)."""
        log_p_bar: np.ndarray = -self.target / self.rows
        return log_p_bar
