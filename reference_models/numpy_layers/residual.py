"""The connection around a sub-layer: added to its input, and normalised before or after."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.dropout import Dropout
from reference_models.numpy_layers.layer_norm import LayerNorm


class Residual:
    """y = norm(x + dropout(f(x))), or y = x + dropout(f(norm(x))) with norm_first; f is the caller's.

    The caller calls, in this order, `enter`, f, `leave`; and on the way back `leave_backward`, f's backward,
    `enter_backward`.

    Shapes: x, y and f's input and output (..., D).

    >>> residual = Residual(2, norm_first=True)
    >>> x = np.array([3.0, 5.0])
    >>> residual.leave(x, 10 * residual.enter(x)).round(3)
    array([-7., 15.])

    Args:
        features: D.
        norm_first: Whether the normalisation comes before f.
        dropout: Probability of an entry of f's output to be dropped in training.
        seed: Of the dropout's masks.
    """

    def __init__(self, features: int, *, norm_first: bool = False, dropout: float = 0.0, seed: int = 0) -> None:
        self.norm_first = norm_first
        self.norm = LayerNorm(features)
        self.dropout = Dropout(dropout, seed=seed)

    def enter(self, x: np.ndarray) -> np.ndarray:
        """Map x to the input of f."""
        return self.norm.forward(x) if self.norm_first else x

    def leave(self, x: np.ndarray, output: np.ndarray) -> np.ndarray:
        """Map x and the output of f to y."""
        total: np.ndarray = x + self.dropout.forward(output)
        return total if self.norm_first else self.norm.forward(total)

    def leave_backward(self, y_bar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Map y_bar to the gradients of x, so far, and of the output of f."""
        total_bar = y_bar if self.norm_first else self.norm.backward(y_bar)
        return total_bar, self.dropout.backward(total_bar)

    def enter_backward(self, x_bar: np.ndarray, input_bar: np.ndarray) -> np.ndarray:
        """Map the gradients of x, so far, and of the input of f to x_bar."""
        total: np.ndarray = x_bar + (self.norm.backward(input_bar) if self.norm_first else input_bar)
        return total
