"""Batch normalisation."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.standardisation import standardise, standardise_backward


class BatchNorm:
    """y = gamma x_hat + beta with x_hat = (x - mean) / sqrt(variance + eps), channel by channel.

    Shapes: x and y (N, C) or (N, C, ...) with any number of axes behind the channels, gamma and beta (C,).

    In training mean and variance are those of the batch, over all axes but the channels, and the running ones move
    towards them, towards the unbiased variance; outside of training the running ones are taken.

    x_bar = (g - mean(g) - x_hat mean(g x_hat)) / sqrt(variance + eps) with g = gamma y_bar in training, and outside of
    it x_bar = g / sqrt(variance + eps);  dgamma = sum of y_bar x_hat,  dbeta = sum of y_bar, per channel.

    >>> layer = BatchNorm(1, eps=0.0)
    >>> layer.forward(np.array([[1.0], [5.0]]))
    array([[-1.],
           [ 1.]])
    >>> layer.running_mean, layer.running_variance  # a tenth of the way, to 3 and to 8
    (array([0.3]), array([1.7]))
    >>> layer.backward(np.array([[3.0], [4.0]]))
    array([[0.],
           [0.]])

    Args:
        features: C.
        eps: Added to the variance.
        momentum: Share of the batch in the running mean and variance after it.
    """

    def __init__(self, features: int, *, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma: np.ndarray = np.ones(features)
        self.beta: np.ndarray = np.zeros(features)
        self.dgamma: np.ndarray = np.zeros(features)
        self.dbeta: np.ndarray = np.zeros(features)
        self.running_mean: np.ndarray = np.zeros(features)
        self.running_variance: np.ndarray = np.ones(features)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (N, C, ...) to y (N, C, ...).

        Raises:
            ValueError: In training, a channel has one entry alone, which has no variance.
        """
        self.dtype = np.result_type(x.dtype, np.float32)
        self.axes = (0, *range(2, x.ndim))
        self.is_of_batch = self.training
        if self.is_of_batch:
            self.x_hat, self.deviation = standardise(x, self.axes, self.eps)
            self._follow(x)
        else:
            self.deviation = np.sqrt(self._per_channel(self.running_variance) + self.eps)
            self.x_hat = (x - self._per_channel(self.running_mean)) / self.deviation
        y: np.ndarray = self._per_channel(self.gamma) * self.x_hat + self._per_channel(self.beta)
        return y.astype(self.dtype, copy=False)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (N, C, ...) to x_bar (N, C, ...); leave dgamma (C,) and dbeta (C,) behind."""
        self.dgamma = (y_bar * self.x_hat).sum(axis=self.axes).astype(self.dtype, copy=False)
        self.dbeta = y_bar.sum(axis=self.axes)
        g = self._per_channel(self.gamma) * y_bar
        if self.is_of_batch:
            x_bar = standardise_backward(g, self.x_hat, self.deviation, self.axes)
        else:
            x_bar = g / self.deviation
        return x_bar.astype(self.dtype, copy=False)

    def _follow(self, x: np.ndarray) -> None:
        """Move the running mean and variance towards those of the batch."""
        count = x.size // x.shape[1]
        if count < 2:
            message = f"x {x.shape} has one entry per channel, expected at least two in training"
            raise ValueError(message)
        keep = 1 - self.momentum
        variance = x.var(axis=self.axes) * (count / (count - 1))
        self.running_mean = keep * self.running_mean + self.momentum * x.mean(axis=self.axes)
        self.running_variance = keep * self.running_variance + self.momentum * variance

    def _per_channel(self, values: np.ndarray) -> np.ndarray:
        """(C,) as (C, 1, ...), beside x (N, C, ...)."""
        return values.reshape(-1, *[1] * (len(self.axes) - 1))
