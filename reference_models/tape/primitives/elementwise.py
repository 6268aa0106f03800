"""Functions of each entry alone."""

from __future__ import annotations

import math

import numpy as np

from reference_models.tape.primitives.evaluation import Evaluation

# NumPy has no erfc of its own.
_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def exp(x: np.ndarray) -> Evaluation:
    """Evaluate y = e^x:  x_bar = y_bar y.

    >>> y, (pull,) = exp(np.array([0.0, np.log(2)]))
    >>> pull(np.array([3.0, 3.0])).round(12)
    array([3., 6.])
    """
    y = np.exp(x)
    return y, (lambda y_bar: y_bar * y,)


def log(x: np.ndarray) -> Evaluation:
    """Evaluate y = ln x for x > 0:  x_bar = y_bar / x."""
    return np.log(x), (lambda y_bar: y_bar / x,)


def sqrt(x: np.ndarray) -> Evaluation:
    """Evaluate y = root of x for x > 0:  x_bar = y_bar / (2 y)."""
    y = np.sqrt(x)
    return y, (lambda y_bar: y_bar / (2 * y),)


def tanh(x: np.ndarray) -> Evaluation:
    """Evaluate y = tanh x:  x_bar = y_bar (1 - y^2)."""
    y = np.tanh(x)
    return y, (lambda y_bar: y_bar * (1 - y**2),)


def sigmoid(x: np.ndarray) -> Evaluation:
    """Evaluate y = 1 / (1 + e^-x):  x_bar = y_bar y (1 - y)."""
    # By tanh, which does not overflow on either side.
    y = 0.5 * (1 + np.tanh(0.5 * x))
    return y, (lambda y_bar: y_bar * y * (1 - y),)


def relu(x: np.ndarray) -> Evaluation:
    """Evaluate y = max(x, 0):  x_bar = y_bar where x > 0, else 0."""
    return np.maximum(x, 0), (lambda y_bar: np.where(x > 0, y_bar, 0),)


def absolute(x: np.ndarray) -> Evaluation:
    """Evaluate y = |x|:  x_bar = y_bar sign(x), and 0 at the kink."""
    return np.abs(x), (lambda y_bar: y_bar * np.sign(x),)


def normal_distribution(x: np.ndarray) -> Evaluation:
    """Evaluate y = the part of a normal distribution below x:  x_bar = y_bar exp(-x^2 / 2) / root of 2 pi."""
    y = 0.5 * _erfc(-x / math.sqrt(2)).astype(x.dtype)
    return y, (lambda y_bar: y_bar * np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi),)
