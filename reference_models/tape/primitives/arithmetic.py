"""Sums, products and powers, with broadcasting."""

from __future__ import annotations

import numpy as np

from reference_models.tape.primitives.broadcasting import unbroadcast
from reference_models.tape.primitives.evaluation import Evaluation


def add(a: np.ndarray, b: np.ndarray) -> Evaluation:
    """Evaluate y = a + b:  a_bar = y_bar,  b_bar = y_bar.

    >>> y, (_, pull_b) = add(np.zeros((2, 3)), np.ones(3))
    >>> pull_b(np.ones((2, 3)))
    array([2., 2., 2.])
    """
    return a + b, (lambda y_bar: unbroadcast(y_bar, a.shape), lambda y_bar: unbroadcast(y_bar, b.shape))


def subtract(a: np.ndarray, b: np.ndarray) -> Evaluation:
    """Evaluate y = a - b:  a_bar = y_bar,  b_bar = -y_bar."""
    return a - b, (lambda y_bar: unbroadcast(y_bar, a.shape), lambda y_bar: unbroadcast(-y_bar, b.shape))


def multiply(a: np.ndarray, b: np.ndarray) -> Evaluation:
    """Evaluate y = a b:  a_bar = y_bar b,  b_bar = y_bar a."""
    return a * b, (lambda y_bar: unbroadcast(y_bar * b, a.shape), lambda y_bar: unbroadcast(y_bar * a, b.shape))


def divide(a: np.ndarray, b: np.ndarray) -> Evaluation:
    """Evaluate y = a / b:  a_bar = y_bar / b,  b_bar = -y_bar a / b^2."""
    y = a / b
    return y, (lambda y_bar: unbroadcast(y_bar / b, a.shape), lambda y_bar: unbroadcast(-y_bar * y / b, b.shape))


def negate(x: np.ndarray) -> Evaluation:
    """Evaluate y = -x:  x_bar = -y_bar."""
    return -x, (lambda y_bar: -y_bar,)


def power(x: np.ndarray, *, exponent: float) -> Evaluation:
    """Evaluate y = x^p for a constant p:  x_bar = y_bar p x^(p - 1)."""

    def pullback(y_bar: np.ndarray) -> np.ndarray:
        if exponent == 0:
            return np.zeros_like(y_bar)  # the formula says 0 * inf at x = 0
        x_bar: np.ndarray = y_bar * exponent * x ** (exponent - 1)
        return x_bar

    return x**exponent, (pullback,)
