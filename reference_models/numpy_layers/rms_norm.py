"""Normalisation by the root of the mean square."""

from __future__ import annotations

import numpy as np


class RMSNorm:
    """y = gamma x / r with r = sqrt(mean of x^2 + eps) along the last axis.

    Shapes: x and y (..., D), gamma (D,).

    x_bar = (g - x_hat mean(g x_hat)) / r with g = gamma y_bar and x_hat = x / r;
    dgamma = sum of y_bar x_hat over all leading axes.

    >>> layer = RMSNorm(2, eps=0.0)
    >>> layer.forward(np.array([1.0, 7.0]))
    array([0.2, 1.4])
    >>> layer.backward(np.array([50.0, 0.0]))
    array([ 9.8, -1.4])
    >>> layer.dgamma
    array([10.,  0.])

    Args:
        features: D.
        eps: Added to the mean square, so that a row of zeros is mapped to zeros.
    """

    def __init__(self, features: int, *, eps: float = 1e-6) -> None:
        self.eps = eps
        self.gamma: np.ndarray = np.ones(features)
        self.dgamma: np.ndarray = np.zeros(features)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (..., D) to y (..., D)."""
        self.dtype = np.result_type(x.dtype, np.float32)
        self.root = np.sqrt((x**2).mean(axis=-1, keepdims=True) + self.eps)
        self.x_hat = x / self.root
        y: np.ndarray = self.gamma * self.x_hat
        return y.astype(self.dtype, copy=False)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (..., D) to x_bar (..., D); leave dgamma (D,) behind."""
        self.dgamma = (y_bar * self.x_hat).sum(axis=tuple(range(y_bar.ndim - 1)))
        g = self.gamma * y_bar
        x_bar: np.ndarray = (g - self.x_hat * (g * self.x_hat).mean(axis=-1, keepdims=True)) / self.root
        return x_bar.astype(self.dtype, copy=False)
