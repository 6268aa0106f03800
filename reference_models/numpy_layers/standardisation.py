"""Mean 0 and variance 1, on which all the normalisations stand."""

from __future__ import annotations

import numpy as np


def standardise(x: np.ndarray, axes: int | tuple[int, ...], eps: float) -> tuple[np.ndarray, np.ndarray]:
    """Return x_hat = (x - mean) / deviation and deviation = sqrt(variance + eps), both taken over the axes.

    The variance is the biased one, divided by the number of entries.

    >>> standardise(np.array([1.0, 5.0]), 0, 0.0)
    (array([-1.,  1.]), array([2.]))
    """
    centred = x - x.mean(axis=axes, keepdims=True)
    deviation: np.ndarray = np.sqrt((centred**2).mean(axis=axes, keepdims=True) + eps)
    x_hat: np.ndarray = centred / deviation
    return x_hat, deviation


def standardise_backward(
    x_hat_bar: np.ndarray, x_hat: np.ndarray, deviation: np.ndarray, axes: int | tuple[int, ...]
) -> np.ndarray:
    """Return x_bar = (g - mean(g) - x_hat mean(g x_hat)) / deviation with g = x_hat_bar.

    >>> standardise_backward(np.array([3.0, 4.0]), np.array([-1.0, 1.0]), np.array([2.0]), 0)
    array([0., 0.])
    """
    projection = (x_hat_bar * x_hat).mean(axis=axes, keepdims=True)
    x_bar: np.ndarray = (x_hat_bar - x_hat_bar.mean(axis=axes, keepdims=True) - x_hat * projection) / deviation
    return x_bar
