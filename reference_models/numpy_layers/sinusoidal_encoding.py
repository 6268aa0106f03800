"""Positions as waves."""

from __future__ import annotations

import numpy as np

# Of the slowest wave; Vaswani et al., "Attention Is All You Need", 2017, section 3.5.
LONGEST_PERIOD = 10000.0


class SinusoidalEncoding:
    """y[l, 2i] = x[l, 2i] + sin(l w_i),  y[l, 2i+1] = x[l, 2i+1] + cos(l w_i),  w_i = 10000^(-2i / D).

    Shapes: x and y (..., L, D). What is added is a constant.

    x_bar = y_bar

    >>> layer = SinusoidalEncoding()
    >>> layer.forward(np.zeros((2, 4))).round(4)
    array([[0.    , 1.    , 0.    , 1.    ],
           [0.8415, 0.5403, 0.01  , 1.    ]])
    >>> layer.backward(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (..., L, D) to y (..., L, D)."""
        self.dtype = np.result_type(x.dtype, np.float32)
        y: np.ndarray = x + sinusoids(*x.shape[-2:]).astype(self.dtype)
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (..., L, D) to x_bar (..., L, D)."""
        return y_bar.astype(self.dtype)


def sinusoids(length: int, features: int) -> np.ndarray:
    """The table that is added, (length, features): sines in the even columns, cosines in the odd ones."""
    even = np.arange(0, features, 2)
    angles = np.arange(length)[:, np.newaxis] * LONGEST_PERIOD ** (-even / features)
    # An odd number of features ends with a sine that has no cosine.
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, -1)[:, :features]
