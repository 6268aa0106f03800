"""The negative log-likelihood of class numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_models.numpy_layers.targets import require_classes


class NegativeLogLikelihood:
    """loss = -(1/N) sum_n log_p[n, t_n]: what remains of the cross-entropy behind a log-softmax.

    Shapes: log_p (..., K), targets t (...) integers in 0 .. K-1, N of them that count; loss a scalar.

    d loss / d log_p[n, k] = -[k = t_n] / N, and 0 where the target is ignored.

    >>> loss = NegativeLogLikelihood()
    >>> print(loss.forward(np.array([[-1.0, -5.0], [-2.0, -3.0]]), np.array([1, 0])))
    3.5
    >>> loss.backward()
    array([[-0. , -0.5],
           [-0.5, -0. ]])

    Args:
        ignore_index: The target that counts for nothing, as padding does; None where there is none.
    """

    def __init__(self, *, ignore_index: int | None = None) -> None:
        self.ignore_index = ignore_index

    def forward(self, log_p: np.ndarray, targets: np.ndarray) -> np.floating[Any]:
        """Map log_p (..., K) and targets (...) to the loss.

        Raises:
            TypeError: The targets are not integers.
            ValueError: Their shape is not that of log_p without the last axis, one that counts is outside 0 .. K-1, or
                none counts.
        """
        counts = require_classes(log_p, targets, name="log_p", ignore_index=self.ignore_index)
        is_target = np.arange(log_p.shape[-1]) == np.where(counts, targets, 0)[..., np.newaxis]
        dtype = np.result_type(log_p.dtype, np.float32)
        self.weights = (is_target & counts[..., np.newaxis]).astype(dtype) / int(counts.sum())
        # An entry that is not asked for may be -inf.
        loss: np.floating[Any] = -np.sum(np.where(self.weights > 0, log_p, 0) * self.weights)
        return loss

    def backward(self) -> np.ndarray:
        """Return d loss / d log_p (..., K)."""
        log_p_bar: np.ndarray = -self.weights
        return log_p_bar
