from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import Linear


def test_the_textbook_example():
    layer = Linear(2, 2)
    layer.W, layer.b = np.array([[0.1, 0.3], [0.2, 0.4]]), np.array([0.1, 0.2])
    y = layer.forward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    x_bar = layer.backward(np.ones((2, 2)))
    np.testing.assert_allclose(y, [[0.6, 1.3], [1.2, 2.7]], rtol=1e-15)
    np.testing.assert_allclose(x_bar, [[0.4, 0.6], [0.4, 0.6]], rtol=1e-15)
    assert layer.dW.tolist() == [[4, 4], [6, 6]]
    assert layer.db.tolist() == [2, 2]


def test_leading_axes_are_rows():
    rng = np.random.default_rng(0)
    x, y_bar = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 3, 5))
    deep, flat = Linear(4, 5), Linear(4, 5)
    np.testing.assert_allclose(deep.forward(x).reshape(6, 5), flat.forward(x.reshape(6, 4)), rtol=1e-14)
    np.testing.assert_allclose(deep.backward(y_bar).reshape(6, 4), flat.backward(y_bar.reshape(6, 5)), rtol=1e-14)
    np.testing.assert_allclose(deep.dW, flat.dW, rtol=1e-14)
    np.testing.assert_allclose(deep.db, flat.db, rtol=1e-14)


def test_a_transposed_upstream_gradient_is_read_right():
    layer = Linear(4, 5)
    layer.forward(np.arange(12.0).reshape(3, 4))
    y_bar = np.arange(15.0).reshape(5, 3).T
    x_bar, dW = layer.backward(y_bar), layer.dW
    assert np.array_equal(layer.backward(y_bar.copy()), x_bar)
    assert np.array_equal(layer.dW, dW)


def test_an_empty_batch_gives_gradients_of_zero():
    layer = Linear(4, 5)
    assert layer.forward(np.zeros((0, 4))).shape == (0, 5)
    assert layer.backward(np.zeros((0, 5))).shape == (0, 4)
    assert not layer.dW.any()
    assert layer.dW.shape == (4, 5)


def test_integers_are_not_cut_off():
    layer = Linear(2, 1)
    layer.W = np.array([[0.25], [0.5]])
    assert layer.forward(np.array([[1, 1]])).tolist() == [[0.75]]
    assert layer.backward(np.array([[1.0]])).tolist() == [[0.25, 0.5]]


def test_the_gradients_are_overwritten_and_not_accumulated():
    layer = Linear(2, 1)
    layer.forward(np.ones((3, 2)))
    layer.backward(np.ones((3, 1)))
    layer.backward(np.ones((3, 1)))
    assert layer.db.tolist() == [3.0]


def test_the_gradients_of_a_float32_layer_are_float32():
    layer = Linear(2, 1)
    layer.forward(np.ones((3, 2), np.float32))
    layer.backward(np.ones((3, 1), np.float32))
    assert layer.dW.dtype == layer.db.dtype == np.float32


def test_the_first_weights_are_xavier_and_depend_on_the_seed():
    W = Linear(300, 200, seed=1).W
    limit = np.sqrt(6 / 500)
    assert np.abs(W).max() <= limit
    assert W.std() == pytest.approx(np.sqrt(2 / 500), rel=0.02)
    assert np.array_equal(W, Linear(300, 200, seed=1).W)
    assert not np.array_equal(W, Linear(300, 200, seed=2).W)


def test_without_a_bias_there_is_none():
    layer = Linear(2, 1, bias=False)
    layer.W = np.array([[2.0], [3.0]])
    assert layer.forward(np.array([[1.0, 1.0]])).tolist() == [[5.0]]
    assert layer.backward(np.array([[10.0]])).tolist() == [[20.0, 30.0]]
    assert layer.b is None
    assert layer.db is None
