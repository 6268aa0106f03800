"""The layers of Linear, the activations and the first losses give torch's value and gradients to 1e-12 in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from reference_models.numpy_layers import (
    ELU,
    GELU,
    SELU,
    CrossEntropy,
    LeakyReLU,
    Linear,
    LogSoftmax,
    MeanSquaredError,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
    TanhGELU,
)

if TYPE_CHECKING:
    from collections.abc import Callable

torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
functional = torch.nn.functional

SHAPES = [(7,), (4, 7), (2, 3, 7), (1, 7)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A layer and torch's own function of the same inputs."""

    layer: Any
    counterpart: Callable


PAIRS = {
    "relu": Pair(layer=ReLU(), counterpart=functional.relu),
    "leaky relu": Pair(layer=LeakyReLU(), counterpart=functional.leaky_relu),
    "leaky relu 0.3": Pair(layer=LeakyReLU(0.3), counterpart=lambda x: functional.leaky_relu(x, 0.3)),
    "gelu": Pair(layer=GELU(), counterpart=functional.gelu),
    "tanh gelu": Pair(layer=TanhGELU(), counterpart=lambda x: functional.gelu(x, approximate="tanh")),
    "elu": Pair(layer=ELU(), counterpart=functional.elu),
    "elu 0.3": Pair(layer=ELU(0.3), counterpart=lambda x: functional.elu(x, 0.3)),
    "selu": Pair(layer=SELU(), counterpart=functional.selu),
    "silu": Pair(layer=SiLU(), counterpart=functional.silu),
    # torch takes the identity beyond a threshold, which is off by exp(-20) at its default.
    "softplus": Pair(layer=Softplus(), counterpart=lambda x: functional.softplus(x, threshold=40)),
    "sigmoid": Pair(layer=Sigmoid(), counterpart=torch.sigmoid),
    "tanh": Pair(layer=Tanh(), counterpart=torch.tanh),
    "softmax": Pair(layer=Softmax(), counterpart=lambda x: functional.softmax(x, dim=-1)),
    "softmax axis 0": Pair(layer=Softmax(axis=0), counterpart=lambda x: functional.softmax(x, dim=0)),
    "log softmax": Pair(layer=LogSoftmax(), counterpart=lambda x: functional.log_softmax(x, dim=-1)),
    "log softmax axis 0": Pair(layer=LogSoftmax(axis=0), counterpart=lambda x: functional.log_softmax(x, dim=0)),
}


def assert_equal(actual, expected):
    """Equal to 1e-12 of each entry; one below 1e-3 may be off by 1e-15, the rounding of the terms it is made of."""
    assert actual.dtype == np.float64
    np.testing.assert_allclose(actual, expected.detach().numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("pair", PAIRS.values(), ids=list(PAIRS))
def test_a_layer_without_parameters_agrees(pair, shape):
    rng = np.random.default_rng(3)
    x, y_bar = 1.5 * rng.standard_normal(shape), rng.standard_normal(shape)
    x_tensor = torch.tensor(x, requires_grad=True)
    y_tensor = pair.counterpart(x_tensor)
    y_tensor.backward(torch.tensor(y_bar))
    assert_equal(pair.layer.forward(x), y_tensor)
    assert_equal(pair.layer.backward(y_bar), x_tensor.grad)


@pytest.mark.parametrize("name", ["relu", "leaky relu 0.3"])
def test_the_derivative_at_the_kink_is_torchs(name):
    x_tensor = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    PAIRS[name].counterpart(x_tensor).sum().backward()
    PAIRS[name].layer.forward(np.zeros(3))
    assert_equal(PAIRS[name].layer.backward(np.ones(3)), x_tensor.grad)


@pytest.mark.parametrize("name", [name for name in PAIRS if "gelu" not in name])
def test_large_values_agree_without_overflow(name):
    x = np.array([[-800.0, -700.0, -40.0, 0.5], [40.0, 700.0, 800.0, 1e6]])
    y_bar = np.array([[0.3, -1.2, 0.7, 0.4], [1.1, 0.2, -0.6, 0.9]])
    x_tensor = torch.tensor(x, requires_grad=True)
    y_tensor = PAIRS[name].counterpart(x_tensor)
    y_tensor.backward(torch.tensor(y_bar))
    assert_equal(PAIRS[name].layer.forward(x), y_tensor)
    assert_equal(PAIRS[name].layer.backward(y_bar), x_tensor.grad)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("leading", [(), (4,), (2, 3), (2, 1, 3)])
def test_linear_agrees(leading, bias):
    rng = np.random.default_rng(4)
    layer = Linear(7, 5, bias=bias)
    layer.W = rng.standard_normal((7, 5))
    W = torch.tensor(layer.W, requires_grad=True)
    b = None
    if bias:
        layer.b = rng.standard_normal(5)
        b = torch.tensor(layer.b, requires_grad=True)
    x, y_bar = rng.standard_normal((*leading, 7)), rng.standard_normal((*leading, 5))
    x_tensor = torch.tensor(x, requires_grad=True)
    y_tensor = functional.linear(x_tensor, W.T, b)
    y_tensor.backward(torch.tensor(y_bar))
    assert_equal(layer.forward(x), y_tensor)
    assert_equal(layer.backward(y_bar), x_tensor.grad)
    assert_equal(layer.dW, W.grad)
    if bias:
        assert_equal(layer.db, b.grad)
    else:
        assert layer.db is None


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_mean_squared_error_agrees(shape, half):
    rng = np.random.default_rng(5)
    prediction, target = rng.standard_normal(shape), rng.standard_normal(shape)
    tensor = torch.tensor(prediction, requires_grad=True)
    expected = functional.mse_loss(tensor, torch.tensor(target)) * (0.5 if half else 1.0)
    expected.backward()
    loss = MeanSquaredError(half=half)
    assert_equal(loss.forward(prediction, target), expected)
    assert_equal(loss.backward(), tensor.grad)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_cross_entropy_agrees(shape, scale):
    rng = np.random.default_rng(6)
    logits, targets = scale * rng.standard_normal(shape), rng.integers(0, shape[-1], shape[:-1])
    targets = np.asarray(targets)
    tensor = torch.tensor(logits, requires_grad=True)
    expected = functional.cross_entropy(tensor.reshape(-1, shape[-1]), torch.tensor(targets).reshape(-1))
    expected.backward()
    loss = CrossEntropy()
    assert_equal(loss.forward(logits, targets), expected)
    assert_equal(loss.backward(), tensor.grad)
