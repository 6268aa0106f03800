from __future__ import annotations

import numpy as np

from reference_models.numpy_layers import Softmax


def test_by_hand():
    """p = (1/4, 3/4), y_bar = (16, 0), their mean under p = 4: x_bar = (12/4, 3 * -4/4)."""
    layer = Softmax()
    np.testing.assert_allclose(layer.forward(np.log([[1.0, 3.0]])), [[0.25, 0.75]], rtol=1e-15)
    np.testing.assert_allclose(layer.backward(np.array([[16.0, 0.0]])), [[3.0, -3.0]], rtol=1e-14)


def test_rows_sum_to_one_however_large_the_entries():
    y = Softmax().forward(np.array([[1e4, 0.0, -1e4], [-1e4, -1e4, -1e4]]))
    np.testing.assert_allclose(y, [[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-15)


def test_the_axis_is_the_one_that_sums_to_one():
    y = Softmax(axis=1).forward(np.random.default_rng(0).standard_normal((2, 3, 4)))
    np.testing.assert_allclose(y.sum(axis=1), np.ones((2, 4)), rtol=1e-14)


def test_the_gradient_sums_to_zero_along_the_axis():
    layer = Softmax(axis=0)
    rng = np.random.default_rng(0)
    layer.forward(rng.standard_normal((5, 3)))
    np.testing.assert_allclose(layer.backward(rng.standard_normal((5, 3))).sum(axis=0), np.zeros(3), atol=1e-15)
