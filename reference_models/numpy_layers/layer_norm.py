"""Layer normalisation."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.standardisation import standardise, standardise_backward


class LayerNorm:
    """y = gamma x_hat + beta with x_hat = (x - mean) / sqrt(variance + eps), both taken along the last axis.

    Shapes: x and y (..., D), gamma and beta (D,). The variance is the biased one, divided by D.

    x_bar = (g - mean(g) - x_hat mean(g x_hat)) / sqrt(variance + eps) with g = gamma y_bar;
    dgamma = sum of y_bar x_hat and dbeta = sum of y_bar, over all leading axes.

    >>> layer = LayerNorm(2, eps=0.0)
    >>> layer.forward(np.array([[1.0, 5.0], [7.0, 3.0]]))
    array([[-1.,  1.],
           [ 1., -1.]])
    >>> layer.backward(np.array([[3.0, 4.0], [5.0, 6.0]]))
    array([[0., 0.],
           [0., 0.]])
    >>> layer.dgamma, layer.dbeta
    (array([ 2., -2.]), array([ 8., 10.]))

    Args:
        features: D.
        eps: Added to the variance, so that a constant row is mapped to beta.
    """

    def __init__(self, features: int, *, eps: float = 1e-5) -> None:
        self.eps = eps
        self.gamma: np.ndarray = np.ones(features)
        self.beta: np.ndarray = np.zeros(features)
        self.dgamma: np.ndarray = np.zeros(features)
        self.dbeta: np.ndarray = np.zeros(features)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (..., D) to y (..., D)."""
        self.dtype = np.result_type(x.dtype, np.float32)
        self.x_hat, self.deviation = standardise(x, -1, self.eps)
        y: np.ndarray = self.gamma * self.x_hat + self.beta
        return y.astype(self.dtype, copy=False)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (..., D) to x_bar (..., D); leave dgamma (D,) and dbeta (D,) behind."""
        leading = tuple(range(y_bar.ndim - 1))
        self.dgamma = (y_bar * self.x_hat).sum(axis=leading)
        self.dbeta = y_bar.sum(axis=leading)
        x_bar = standardise_backward(self.gamma * y_bar, self.x_hat, self.deviation, -1)
        return x_bar.astype(self.dtype, copy=False)
