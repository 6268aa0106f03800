"""The Gaussian error linear unit, exact and in its tanh approximation."""

from __future__ import annotations

import math

import numpy as np

# NumPy has no erfc of its own. It is erfc and not 1 + erf, which cancels for x far left of 0.
_erfc = np.vectorize(math.erfc, otypes=[np.float64])

# Of the tanh approximation: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
CUBIC = 0.044715


class GELU:
    """y = x P(x), entry by entry, with P(x) = erfc(-x / sqrt 2) / 2 the normal distribution function.

    Shapes: x and y (...).

    x_bar = y_bar (P(x) + x p(x)) with p(x) = exp(-x^2 / 2) / sqrt(2 pi), the density.

    >>> layer = GELU()
    >>> layer.forward(np.array([-1.0, 0.0, 1.0]))
    array([-0.15865525,  0.        ,  0.84134475])
    >>> layer.backward(np.array([1.0, 3.0, 1.0]))
    array([-0.08331547,  1.5       ,  1.08331547])
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        self.x = x
        z = -x / math.sqrt(2)
        self.distribution = 0.5 * _erfc(z).astype(z.dtype)
        y: np.ndarray = x * self.distribution
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        density = np.exp(-0.5 * self.x**2) / math.sqrt(2 * math.pi)
        x_bar: np.ndarray = y_bar * (self.distribution + self.x * density)
        return x_bar


class TanhGELU:
    """y = x (1 + tanh u) / 2, entry by entry, with u = sqrt(2 / pi) (x + 0.044715 x^3).

    Shapes: x and y (...).

    x_bar = y_bar ((1 + tanh u) / 2 + x (1 - tanh^2 u) u' / 2) with u' = sqrt(2 / pi) (1 + 3 * 0.044715 x^2).

    >>> layer = TanhGELU()
    >>> layer.forward(np.array([-1.0, 0.0, 1.0]))
    array([-0.15880801,  0.        ,  0.84119199])
    >>> layer.backward(np.array([1.0, 3.0, 1.0]))
    array([-0.08296408,  1.5       ,  1.08296408])
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (...) to y (...)."""
        self.x = x
        self.tanh = np.tanh(math.sqrt(2 / math.pi) * (x + CUBIC * x**3))
        y: np.ndarray = 0.5 * x * (1 + self.tanh)
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (...) to x_bar (...)."""
        slope = math.sqrt(2 / math.pi) * (1 + 3 * CUBIC * self.x**2)
        x_bar: np.ndarray = y_bar * 0.5 * (1 + self.tanh + self.x * (1 - self.tanh**2) * slope)
        return x_bar
