"""The matrix product of any two ranks."""

from __future__ import annotations

import numpy as np

from reference_models.tape.primitives.broadcasting import unbroadcast
from reference_models.tape.primitives.evaluation import Evaluation


def matrix_product(a: np.ndarray, b: np.ndarray) -> Evaluation:
    """Evaluate y = a b over the last two axes, the others broadcast:  a_bar = y_bar b^T,  b_bar = a^T y_bar.

    A vector on the left is a row, on the right a column; y lacks that axis.

    Shapes: a (..., n, k) or (k,), b (..., k, m) or (k,), y (..., n, m) less the axes of vectors.

    >>> y, (pull_a, pull_b) = matrix_product(np.array([1.0, 2.0]), np.array([[3.0], [4.0]]))
    >>> y, pull_a(np.array([1.0])), pull_b(np.array([1.0]))
    (array([11.]), array([3., 4.]), array([[1.],
           [2.]]))
    """
    row = a[np.newaxis, :] if a.ndim == 1 else a
    column = b[:, np.newaxis] if b.ndim == 1 else b

    def matrix(y_bar: np.ndarray) -> np.ndarray:
        if b.ndim == 1:
            y_bar = y_bar[..., np.newaxis]
        return y_bar[..., np.newaxis, :] if a.ndim == 1 else y_bar

    def pullback_a(y_bar: np.ndarray) -> np.ndarray:
        return unbroadcast(matrix(y_bar) @ column.swapaxes(-1, -2), row.shape).reshape(a.shape)

    def pullback_b(y_bar: np.ndarray) -> np.ndarray:
        return unbroadcast(row.swapaxes(-1, -2) @ matrix(y_bar), column.shape).reshape(b.shape)

    return np.asarray(a @ b), (pullback_a, pullback_b)
