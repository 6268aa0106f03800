from __future__ import annotations

import math

import numpy as np

from reference_models.numpy_layers import LogSoftmax, Softmax


def test_by_hand():
    """p = (1/4, 3/4), y_bar = (8, 4), 12 in sum: x_bar = (8 - 12/4, 4 - 36/4)."""
    layer = LogSoftmax()
    np.testing.assert_allclose(layer.forward(np.log([[1.0, 3.0]])), [[-math.log(4), math.log(0.75)]], rtol=1e-15)
    np.testing.assert_allclose(layer.backward(np.array([[8.0, 4.0]])), [[5.0, -5.0]], rtol=1e-14)


def test_it_is_finite_where_the_softmax_is_zero():
    assert LogSoftmax().forward(np.array([1e4, 0.0, -1e4])).tolist() == [0.0, -1e4, -2e4]


def test_its_exponential_is_the_softmax_along_the_same_axis():
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    np.testing.assert_allclose(np.exp(LogSoftmax(axis=1).forward(x)), Softmax(axis=1).forward(x), rtol=1e-14)
