"""Group normalisation."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.standardisation import standardise, standardise_backward


class GroupNorm:
    """y = gamma x_hat + beta with x_hat = (x - mean) / sqrt(variance + eps), both over neighbouring channels.

    Shapes: x and y (N, C, ...), gamma and beta (C,); each example and each group by itself.

    x_bar = (g - mean(g) - x_hat mean(g x_hat)) / sqrt(variance + eps) with g = gamma y_bar;
    dgamma = sum of y_bar x_hat,  dbeta = sum of y_bar, per channel.

    >>> layer = GroupNorm(1, 2, eps=0.0)
    >>> layer.forward(np.array([[[1.0, 1.0], [5.0, 5.0]]]))
    array([[[-1., -1.],
            [ 1.,  1.]]])
    >>> layer.backward(np.array([[[4.0, 0.0], [0.0, 0.0]]]))
    array([[[ 1., -1.],
            [ 0.,  0.]]])

    Args:
        groups: Number of groups, a divisor of C.
        features: C.
        eps: Added to the variance.

    Raises:
        ValueError: The groups divide C with a rest.
    """

    def __init__(self, groups: int, features: int, *, eps: float = 1e-5) -> None:
        if features % groups:
            message = f"groups={groups} do not divide features={features}"
            raise ValueError(message)
        self.groups = groups
        self.eps = eps
        self.gamma: np.ndarray = np.ones(features)
        self.beta: np.ndarray = np.zeros(features)
        self.dgamma: np.ndarray = np.zeros(features)
        self.dbeta: np.ndarray = np.zeros(features)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (N, C, ...) to y (N, C, ...)."""
        self.dtype = np.result_type(x.dtype, np.float32)
        self.shape = x.shape
        self.x_hat, self.deviation = standardise(self._grouped(x), 2, self.eps)
        y: np.ndarray = self._per_channel(self.gamma) * self.x_hat.reshape(x.shape) + self._per_channel(self.beta)
        return y.astype(self.dtype, copy=False)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (N, C, ...) to x_bar (N, C, ...); leave dgamma (C,) and dbeta (C,) behind."""
        axes = (0, *range(2, y_bar.ndim))
        self.dgamma = (y_bar * self.x_hat.reshape(self.shape)).sum(axis=axes)
        self.dbeta = y_bar.sum(axis=axes)
        g = self._grouped(self._per_channel(self.gamma) * y_bar)
        x_bar = standardise_backward(g, self.x_hat, self.deviation, 2).reshape(self.shape)
        return x_bar.astype(self.dtype, copy=False)

    def _grouped(self, x: np.ndarray) -> np.ndarray:
        """(N, C, ...) as (N, groups, entries of one)."""
        return x.reshape(x.shape[0], self.groups, int(np.prod(x.shape[1:])) // self.groups)

    def _per_channel(self, values: np.ndarray) -> np.ndarray:
        """(C,) as (C, 1, ...), beside x (N, C, ...)."""
        return values.reshape(-1, *[1] * (len(self.shape) - 2))
