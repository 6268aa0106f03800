from __future__ import annotations

import numpy as np
import pytest

from reference_models.mlp import MLP
from reference_models.numpy_layers import Linear, ReLU
from reference_models.numpy_layers.activations import ACTIVATIONS


def test_two_layers_by_hand():
    """h = x W1 = (1, -2), a = relu(h) = (1, 0), y = a W2 + b2 = 3 + 5."""
    model = MLP([1, 2, 1])
    first, _, last = model.layers
    first.W, first.b = np.array([[1.0, -2.0]]), np.array([0.0, 0.0])
    last.W, last.b = np.array([[3.0], [4.0]]), np.array([5.0])
    assert model.forward(np.array([[1.0]])).tolist() == [[8.0]]
    assert model.backward(np.array([[10.0]])).tolist() == [[30.0]]
    gradients = {name: gradient.tolist() for name, gradient in model.gradients().items()}
    assert gradients == {
        "layers[0].W": [[30.0, 0.0]],
        "layers[0].b": [30.0, 0.0],
        "layers[2].W": [[10.0], [0.0]],
        "layers[2].b": [10.0],
    }


@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_it_agrees_with_torch(activation, depth):
    torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
    functional = torch.nn.functional
    counterparts = {
        "relu": functional.relu,
        "leaky_relu": functional.leaky_relu,
        "elu": functional.elu,
        "selu": functional.selu,
        "silu": functional.silu,
        "softplus": functional.softplus,
        "gelu": functional.gelu,
        "tanh_gelu": lambda t: functional.gelu(t, approximate="tanh"),
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
    }
    rng = np.random.default_rng(7)
    model = MLP([3, *[6, 5, 4][: depth - 1], 2], activation=activation, seed=1)
    for layer in model.layers:
        if isinstance(layer, Linear):
            layer.b = rng.standard_normal(layer.b.shape)
    x = rng.standard_normal((2, 4, 3))
    y_bar = rng.standard_normal((2, 4, 2))

    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in model.parameters().items()}
    x_tensor = torch.tensor(x, requires_grad=True)
    y_tensor = x_tensor
    for index, layer in enumerate(model.layers):
        if isinstance(layer, Linear):
            y_tensor = y_tensor @ tensors[f"layers[{index}].W"] + tensors[f"layers[{index}].b"]
        else:
            y_tensor = counterparts[activation](y_tensor)
    expected = torch.autograd.grad(y_tensor, [x_tensor, *tensors.values()], torch.tensor(y_bar))

    np.testing.assert_allclose(model.forward(x), y_tensor.detach().numpy(), rtol=1e-12, atol=1e-14)
    actual = [model.backward(y_bar), *model.gradients().values()]
    assert len(actual) == len(expected) == 1 + 2 * depth
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-12, atol=1e-14)


def test_an_optimizer_can_update_the_parameters_in_place():
    model = MLP([2, 3, 1])
    for parameter in model.parameters().values():
        parameter[...] = 1.0
    assert model.forward(np.ones((1, 2))).tolist() == [[10.0]]  # 3 hidden units of 1 + 1 + 1, and a bias


def test_parameters_and_gradients_have_the_same_names_and_shapes():
    model = MLP([2, 3, 4, 1])
    model.forward(np.ones((5, 2)))
    model.backward(np.ones((5, 1)))
    shapes = [{name: array.shape for name, array in arrays().items()} for arrays in (model.parameters, model.gradients)]
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) == 6


def test_the_layers_alternate_and_the_last_has_no_activation():
    assert [type(layer) for layer in MLP([2, 3, 4, 1]).layers] == [Linear, ReLU, Linear, ReLU, Linear]


def test_the_same_seed_gives_the_same_weights_and_two_layers_never_start_equal():
    first, second, other = MLP([3, 3, 3], seed=5), MLP([3, 3, 3], seed=5), MLP([3, 3, 3], seed=6)
    assert np.array_equal(first.layers[0].W, second.layers[0].W)
    assert not np.array_equal(first.layers[0].W, other.layers[0].W)
    assert not np.array_equal(first.layers[0].W, first.layers[2].W)


def test_float32_stays_float32_through_all_layers():
    model = MLP([3, 4, 2], activation="gelu")
    assert model.forward(np.ones((5, 3), np.float32)).dtype == np.float32
    assert model.backward(np.ones((5, 2), np.float32)).dtype == np.float32
    assert {gradient.dtype for gradient in model.gradients().values()} == {np.dtype(np.float32)}


def test_x_and_the_upstream_gradient_are_left_as_they_were():
    model = MLP([3, 4, 2])
    x, y_bar = np.full((5, 3), 0.7), np.full((5, 2), 0.3)
    x.flags.writeable = y_bar.flags.writeable = False  # a write would raise
    assert model.forward(x).shape == (5, 2)
    assert model.backward(y_bar).shape == (5, 3)


@pytest.mark.parametrize("layer_sizes", [[], [3]])
def test_fewer_than_two_sizes_are_refused(layer_sizes):
    with pytest.raises(ValueError, match="at least an input and an output size"):
        MLP(layer_sizes)


def test_an_unknown_activation_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"no activation named 'swish', expected one of relu, .*tanh"):
        MLP([1, 1], activation="swish")
