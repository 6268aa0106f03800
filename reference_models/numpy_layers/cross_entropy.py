"""The cross-entropy of logits against class numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_models.numpy_layers.targets import require_classes


class CrossEntropy:
    """loss = -(1/N) sum_n sum_k q[n, k] log p[n, k] with p = softmax(logits) along the last axis.

    Shapes: logits (..., K), targets t (...) integers in 0 .. K-1, N of them that count; loss a scalar.

    q[n, k] = (1 - s) [k = t_n] + s / K with the smoothing s, so without it loss = -(1/N) sum_n log p[n, t_n].

    d loss / d logits[n, k] = (p[n, k] - q[n, k]) / N, and 0 where the target is ignored.

    >>> loss = CrossEntropy()
    >>> logits = np.log([[1.0, 3.0], [1.0, 1.0]])
    >>> print(round(np.exp(-loss.forward(logits, np.array([1, 0])) * 2), 12))  # 3/4 times 1/2
    0.375
    >>> loss.backward()
    array([[ 0.125, -0.125],
           [-0.25 ,  0.25 ]])

    Args:
        label_smoothing: s, the share of the target that is spread over all classes, 0 <= s <= 1.
        ignore_index: The target that counts for nothing, as padding does; None where there is none.

    Raises:
        ValueError: The smoothing is outside [0, 1].
    """

    def __init__(self, *, label_smoothing: float = 0.0, ignore_index: int | None = None) -> None:
        if not 0 <= label_smoothing <= 1:
            message = f"label_smoothing={label_smoothing} is no share, expected 0 <= label_smoothing <= 1"
            raise ValueError(message)
        self.label_smoothing = label_smoothing
        self.ignore_index = ignore_index

    def forward(self, logits: np.ndarray, targets: np.ndarray) -> np.floating[Any]:
        """Map logits (..., K) and targets (...) to the loss.

        Raises:
            TypeError: The targets are not integers.
            ValueError: Their shape is not that of the logits without the last axis, one that counts is outside
                0 .. K-1, or none counts.
        """
        self.counts = require_classes(logits, targets, name="logits", ignore_index=self.ignore_index)
        # What is ignored may be no class at all.
        self.targets = np.where(self.counts, targets, 0)
        shifted = logits - logits.max(axis=-1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        per_row = np.take_along_axis(self.log_p, self.targets[..., np.newaxis], axis=-1)[..., 0]
        if self.label_smoothing:
            # Not with a smoothing of 0: a logit of -inf elsewhere is no matter then.
            per_row = (1 - self.label_smoothing) * per_row + self.label_smoothing * self.log_p.mean(axis=-1)
        loss: np.floating[Any] = -np.sum(np.where(self.counts, per_row, 0)) / int(self.counts.sum())
        return loss

    def backward(self) -> np.ndarray:
        """Return d loss / d logits (..., K)."""
        p: np.ndarray = np.exp(self.log_p)
        n_classes = p.shape[-1]
        is_target = np.arange(n_classes) == self.targets[..., np.newaxis]
        q = (1 - self.label_smoothing) * is_target.astype(p.dtype) + self.label_smoothing / n_classes
        return np.where(self.counts[..., np.newaxis], p - q, 0) / int(self.counts.sum())
