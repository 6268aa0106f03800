"""The cross-entropy of logits against class numbers."""

from __future__ import annotations

from typing import Any

import numpy as np


class CrossEntropy:
    """loss = -(1/N) sum_n log p[n, t_n] with p = softmax(logits) along the last axis.

    Shapes: logits (..., K), targets t (...) integers in 0 .. K-1, N of them; loss a scalar.

    d loss / d logits[n, k] = (p[n, k] - [k = t_n]) / N

    >>> loss = CrossEntropy()
    >>> logits = np.log([[1.0, 3.0], [1.0, 1.0]])
    >>> print(round(np.exp(-loss.forward(logits, np.array([1, 0])) * 2), 12))  # 3/4 times 1/2
    0.375
    >>> loss.backward()
    array([[ 0.125, -0.125],
           [-0.25 ,  0.25 ]])
    """

    def forward(self, logits: np.ndarray, targets: np.ndarray) -> np.floating[Any]:
        """Map logits (..., K) and targets (...) to the loss.

        Raises:
            TypeError: The targets are not integers.
            ValueError: Their shape is not that of the logits without the last axis, or one is outside 0 .. K-1.
        """
        if not np.issubdtype(targets.dtype, np.integer):
            message = f"targets are {targets.dtype}, expected integer class numbers"
            raise TypeError(message)
        if targets.shape != logits.shape[:-1]:
            message = f"targets {targets.shape} do not fit logits {logits.shape}, expected {logits.shape[:-1]}"
            raise ValueError(message)
        if np.any((targets < 0) | (targets >= logits.shape[-1])):
            # A negative number would count from the end and go unnoticed.
            message = f"targets span {targets.min()} .. {targets.max()}, expected 0 .. {logits.shape[-1] - 1}"
            raise ValueError(message)
        self.targets = targets
        shifted = logits - logits.max(axis=-1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        loss: np.floating[Any] = -np.mean(np.take_along_axis(self.log_p, targets[..., np.newaxis], axis=-1))
        return loss

    def backward(self) -> np.ndarray:
        """Return d loss / d logits (..., K)."""
        p: np.ndarray = np.exp(self.log_p)
        is_target = np.arange(p.shape[-1]) == self.targets[..., np.newaxis]
        logits_bar: np.ndarray = (p - is_target) / self.targets.size
        return logits_bar
