"""What every loss asks of its target."""

from __future__ import annotations

import numpy as np


def require_same_shape(prediction: np.ndarray, target: np.ndarray) -> None:
    """Refuse what would broadcast unnoticed.

    >>> require_same_shape(np.ones((2, 1)), np.ones((2, 1)))

    Raises:
        ValueError: The shapes differ; (N, 1) against (N,) would broadcast to (N, N).
    """
    if prediction.shape != target.shape:
        message = f"prediction {prediction.shape} and target {target.shape} differ in shape; reshape one of them"
        raise ValueError(message)


def require_classes(
    scores: np.ndarray, targets: np.ndarray, *, name: str, ignore_index: int | None = None
) -> np.ndarray:
    """Return which targets count, (...), having refused those that are no class of the scores (..., K).

    >>> require_classes(np.ones((2, 3)), np.array([2, -1]), name="logits", ignore_index=-1)
    array([ True, False])

    Raises:
        TypeError: The targets are not integers.
        ValueError: Their shape is not that of the scores without the last axis, one that counts is outside 0 .. K-1, or
            all of several are to be ignored.
    """
    if not np.issubdtype(targets.dtype, np.integer):
        message = f"targets are {targets.dtype}, expected integer class numbers"
        raise TypeError(message)
    if targets.shape != scores.shape[:-1]:
        message = f"targets {targets.shape} do not fit {name} {scores.shape}, expected {scores.shape[:-1]}"
        raise ValueError(message)
    counts = np.ones(targets.shape, bool) if ignore_index is None else np.asarray(targets != ignore_index)
    if targets.size and not counts.any():
        message = f"every target is ignore_index={ignore_index}, there is nothing to take the mean of"
        raise ValueError(message)
    counted = targets[counts]
    if np.any((counted < 0) | (counted >= scores.shape[-1])):
        # A negative number would count from the end and go unnoticed.
        message = f"targets span {counted.min()} .. {counted.max()}, expected 0 .. {scores.shape[-1] - 1}"
        raise ValueError(message)
    return counts
