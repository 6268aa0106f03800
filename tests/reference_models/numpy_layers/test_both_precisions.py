"""Activations, Linear and the first losses give torch's value and gradients in float64 and, to its bound, float32."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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

torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
functional = torch.nn.functional

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=8)
SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)
# Roundings of a formula of one entry, on the way there and back: an exponential or an error function counts as four.
ELEMENTWISE = 24

ELEMENTWISE_LAYERS = {
    "relu": (ReLU, functional.relu),
    "leaky relu": (lambda: LeakyReLU(0.25), lambda x: functional.leaky_relu(x, 0.25)),
    "gelu": (GELU, functional.gelu),
    "tanh gelu": (TanhGELU, lambda x: functional.gelu(x, approximate="tanh")),
    "elu": (lambda: ELU(0.5), lambda x: functional.elu(x, 0.5)),
    "selu": (SELU, functional.selu),
    "silu": (SiLU, functional.silu),
    "softplus": (Softplus, lambda x: functional.softplus(x, threshold=40)),
    "sigmoid": (Sigmoid, torch.sigmoid),
    "tanh": (Tanh, torch.tanh),
}
NORMALISED_LAYERS = {
    "softmax": (Softmax, functional.softmax),
    "log softmax": (LogSoftmax, functional.log_softmax),
}


@pytest.mark.parametrize("name", ELEMENTWISE_LAYERS)
@EXAMPLES
@given(shape=SHAPES)
def test_an_activation_agrees(assert_twins, name, shape):
    make, function = ELEMENTWISE_LAYERS[name]
    assert_twins(make(), lambda _, x: function(x), shape, roundings=ELEMENTWISE)


@pytest.mark.parametrize("name", NORMALISED_LAYERS)
@EXAMPLES
@given(shape=SHAPES, data=st.data())
def test_a_softmax_agrees_along_every_axis(assert_twins, name, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    make, function = NORMALISED_LAYERS[name]
    assert_twins(make(axis=axis), lambda _, x: function(x, dim=axis), shape, roundings=ELEMENTWISE + 2 * shape[axis])


@EXAMPLES
@given(
    leading=st.lists(st.integers(1, 4), max_size=3),
    wide=st.integers(1, 7),
    narrow=st.integers(1, 7),
    has_bias=st.booleans(),
)
def test_linear_agrees(assert_twins, leading, wide, narrow, has_bias):
    def twin(weights, x):
        return functional.linear(x, weights["W"].T, weights.get("b"))

    layer = Linear(wide, narrow, bias=has_bias)
    rows = int(np.prod(leading))
    assert_twins(layer, twin, (*leading, wide), roundings=wide + narrow + rows + 2)


@pytest.mark.parametrize("half", [False, True])
@EXAMPLES
@given(shape=SHAPES)
def test_the_squared_error_agrees(assert_twins, half, shape):
    target = np.random.default_rng(1).integers(-2, 3, shape).astype(float)

    def twin(weights, prediction):
        del weights
        return functional.mse_loss(prediction, torch.tensor(target)) * (0.5 if half else 1.0)

    assert_twins(MeanSquaredError(half=half), twin, shape, roundings=target.size + 6, constants=[target])


@EXAMPLES
@given(leading=st.lists(st.integers(1, 4), min_size=1, max_size=2), classes=st.integers(2, 7))
def test_cross_entropy_agrees(assert_twins, leading, classes):
    targets = np.random.default_rng(2).integers(0, classes, leading)

    def twin(weights, logits):
        del weights
        return functional.cross_entropy(logits.reshape(-1, classes), torch.tensor(targets).reshape(-1))

    shape = (*leading, classes)
    roundings = ELEMENTWISE + 2 * classes + targets.size
    assert_twins(CrossEntropy(), twin, shape, roundings=roundings, constants=[targets])
