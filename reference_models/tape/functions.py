"""What is composed of a tensor's own operations: activations, softmax, losses."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from reference_models.tape.tensor import Tensor, where

CUBIC = 0.044715  # of tanh_gelu; Hendrycks and Gimpel, 2016
SLOPE = 0.01  # of leaky_relu on the left


def relu(x: Tensor) -> Tensor:
    """Evaluate y = max(x, 0)."""
    return x.relu()


def leaky_relu(x: Tensor) -> Tensor:
    """Evaluate y = x where x > 0, else SLOPE x."""
    return x.relu() - SLOPE * (-x).relu()


def tanh(x: Tensor) -> Tensor:
    """Evaluate y = tanh x."""
    return x.tanh()


def sigmoid(x: Tensor) -> Tensor:
    """Evaluate y = 1 / (1 + e^-x)."""
    return x.sigmoid()


def gelu(x: Tensor) -> Tensor:
    """Evaluate y = x Phi(x) with the standard normal distribution Phi."""
    return x * x.normal_distribution()


def tanh_gelu(x: Tensor) -> Tensor:
    """Evaluate y = x (1 + tanh u) / 2 with u = sqrt(2 / pi) (x + CUBIC x^3)."""
    return 0.5 * x * (1 + (math.sqrt(2 / math.pi) * (x + CUBIC * x**3)).tanh())


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": relu,
    "leaky_relu": leaky_relu,
    "gelu": gelu,
    "tanh_gelu": tanh_gelu,
    "sigmoid": sigmoid,
    "tanh": tanh,
}


def softmax(x: Tensor) -> Tensor:
    """Evaluate y_i = exp(x_i) / sum_j exp(x_j) along the last axis.

    >>> softmax(Tensor([1000.0, 1000.0])).data
    array([0.5, 0.5])
    """
    # The shift cancels, and so does its gradient.
    exponential = (x - x.max(-1, keepdims=True)).exp()
    return exponential / exponential.sum(-1, keepdims=True)


def masked_softmax(x: Tensor, mask: np.ndarray | None) -> Tensor:
    """Softmax along the last axis over the entries where the mask is True; 0 elsewhere, and where it is True nowhere.

    >>> masked_softmax(Tensor([[0.0, 0.0, 9.0], [1.0, 2.0, 3.0]]), np.array([[True, True, False], [False] * 3])).data
    array([[0.5, 0.5, 0. ],
           [0. , 0. , 0. ]])
    """
    if mask is None:
        return softmax(x)
    # A finite filling: -inf less -inf is no number, where all is masked.
    filled = where(mask, x, -1.0 / np.finfo(x.dtype).eps)
    return where(np.broadcast_to(mask, x.shape), softmax(filled), 0.0)


def log_softmax(x: Tensor) -> Tensor:
    """Evaluate y_i = x_i - log sum_j exp(x_j) along the last axis."""
    shifted = x - x.max(-1, keepdims=True)
    return shifted - shifted.exp().sum(-1, keepdims=True).log()


def cross_entropy(logits: Tensor, targets: np.ndarray) -> Tensor:
    """Evaluate loss = -(1/N) sum_n log softmax(logits)[n, t_n].

    Shapes: logits (..., K), targets (...) integers in 0 .. K-1, N of them; loss a scalar.

    >>> round(cross_entropy(Tensor([[0.0, 0.0]]), np.array([1])).item(), 6)  # log 2
    0.693147

    Raises:
        ValueError: A target is outside 0 .. K-1.
    """
    if np.any((targets < 0) | (targets >= logits.shape[-1])):
        # A negative number would count from the end and go unnoticed.
        message = f"targets span {targets.min()} .. {targets.max()}, expected 0 .. {logits.shape[-1] - 1}"
        raise ValueError(message)
    rows = log_softmax(logits).reshape(-1, logits.shape[-1])
    return -rows[np.arange(targets.size), targets.reshape(-1)].mean()


def mean_squared_error(prediction: Tensor, target: np.ndarray) -> Tensor:
    """Evaluate loss = mean of (prediction - target)^2 over all entries.

    Raises:
        ValueError: The shapes differ; (N, 1) against (N,) would broadcast to (N, N) unnoticed.
    """
    if prediction.shape != target.shape:
        message = f"prediction {prediction.shape} and target {target.shape} differ in shape; reshape one of them"
        raise ValueError(message)
    return ((prediction - target) ** 2).mean()
