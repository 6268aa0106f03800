"""The exponential linear unit, with a slope of the user's and with the one that keeps the variance."""

from __future__ import annotations

import numpy as np

# The fixed point for mean 0 and variance 1: Klambauer et al., "Self-Normalizing Neural Networks", 2017.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


class ELU:
    """y = x where x > 0, else alpha (exp(x) - 1), entry by entry.

    Shapes: x and y (...).

    x_bar = y_bar where x > 0, else y_bar alpha exp(x). At x = 0 the derivative is taken to be alpha.

    >>> layer = ELU(2.0)
    >>> layer.forward(np.array([-np.log(2), 0.0, 3.0]))
    array([-1.,  0.,  3.])
    >>> layer.backward(np.array([10.0, 10.0, 10.0]))
    array([10., 20., 10.])

    Args:
        alpha: How far below 0 it can go.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        self.x = x
        # Right of 0 the exponential is not taken, and must not overflow.
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        return np.where(self.x > 0, y_bar, y_bar * self.alpha * np.exp(np.minimum(self.x, 0)))


class SELU:
    """y = scale x where x > 0, else scale alpha (exp(x) - 1), with the two constants of self-normalising networks.

    Shapes: x and y (...).

    x_bar = scale y_bar where x > 0, else scale alpha exp(x) y_bar.

    >>> layer = SELU()
    >>> layer.forward(np.array([-np.log(2), 0.0, 1.0])).round(6)
    array([-0.87905 ,  0.      ,  1.050701])
    >>> layer.backward(np.array([1.0, 1.0, 1.0])).round(6)
    array([0.87905 , 1.758099, 1.050701])
    """

    def __init__(self) -> None:
        self.elu = ELU(SELU_ALPHA)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        return SELU_SCALE * self.elu.forward(x)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        return SELU_SCALE * self.elu.backward(y_bar)
