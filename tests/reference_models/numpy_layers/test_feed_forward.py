from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import FeedForward


def test_by_hand():
    """h = x W_1 = (2, -2), a = relu(h) = (2, 0), y = 2 * 3 + 1."""
    layer = FeedForward(1, 2)
    layer.first.W, layer.second.W, layer.second.b = np.array([[2.0, -2.0]]), np.array([[3.0], [5.0]]), np.array([1.0])
    assert layer.forward(np.array([[1.0]])).tolist() == [[7.0]]
    assert layer.backward(np.array([[10.0]])).tolist() == [[60.0]]
    assert layer.gradients()["first.W"].tolist() == [[30.0, 0.0]]


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="no activation named 'swish'"):
        FeedForward(2, 2, activation="swish")


@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("leading", [(), (1,), (3, 2)])
def test_it_agrees_with_torch(assert_twins, activation, leading):
    import torch

    def twin(weights, x):
        h = getattr(torch.nn.functional, activation)(x @ weights["first.W"] + weights["first.b"])
        return h @ weights["second.W"] + weights["second.b"]

    layer = FeedForward(3, 5, activation=activation)
    assert_twins(layer, twin, (*leading, 3), roundings=2 * (3 + 5) + int(np.prod(leading)) + 20)
