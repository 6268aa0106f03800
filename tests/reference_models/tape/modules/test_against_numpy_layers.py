"""A module of tensors starts as its NumPy twin does, and gives the same value and gradients without a backward."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import reference_models.mlp
from reference_models import numpy_layers
from reference_models import parameters as numpy_parameters
from reference_models.numpy_layers.masks import causal_mask, padding_mask
from reference_models.tape import modules
from reference_models.tape.functions import ACTIVATIONS
from reference_models.tape.modules import parameters as tape_parameters
from reference_models.tape.modules.embedding import Embedding
from reference_models.tape.modules.encoder import Encoder
from reference_models.tape.modules.feed_forward import FeedForward
from reference_models.tape.modules.layer_norm import LayerNorm
from reference_models.tape.modules.linear import Linear
from reference_models.tape.modules.mlp import MLP
from reference_models.tape.modules.multi_head_attention import MultiHeadAttention
from reference_models.tape.tensor import Tensor

rng = np.random.default_rng


def assert_close(actual, expected):
    """Equal to 1e-12 of the largest entry: the two sum in different orders."""
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12 * max(1.0, np.abs(expected).max()))


def assert_twins(module, layer, *inputs, mask=None):
    """Both get the same inputs (float ones as leaves) and the same upstream gradient."""
    options = {} if mask is None else {"mask": mask}
    leaves = [Tensor(x, requires_grad=True) if x.dtype == np.float64 else x for x in inputs]
    actual, expected = module.forward(*leaves, **options), layer.forward(*inputs, **options)
    assert_close(actual.data, expected)
    y_bar = rng(5).standard_normal(expected.shape)
    actual.backward(y_bar)
    answered = layer.backward(y_bar)
    inputs_bar = answered if isinstance(answered, tuple) else (answered,)
    for leaf, x_bar in zip(leaves, inputs_bar, strict=True):
        if isinstance(leaf, Tensor):
            assert_close(leaf.grad, x_bar)
    values, gradients = numpy_parameters.parameters(layer), numpy_parameters.gradients(layer)
    own_gradients = tape_parameters.gradients(module)
    assert tape_parameters.parameters(module).keys() == values.keys() == own_gradients.keys()
    for name, value in tape_parameters.parameters(module).items():
        assert np.array_equal(value, values[name])
        assert_close(own_gradients[name], gradients[name])


@pytest.mark.parametrize("bias", [True, False])
def test_linear(bias):
    x = rng(1).standard_normal((2, 3, 4))
    assert_twins(Linear(4, 5, bias=bias, seed=2), numpy_layers.Linear(4, 5, bias=bias, seed=2), x)


def test_layer_norm():
    assert_twins(LayerNorm(6), numpy_layers.LayerNorm(6), rng(1).standard_normal((2, 3, 6)))


def test_embedding():
    ids = rng(1).integers(0, 4, (3, 7))
    assert_twins(Embedding(4, 5, seed=3), numpy_layers.Embedding(4, 5, seed=3), ids)


@pytest.mark.parametrize("ids", [-1, 4])
def test_a_number_outside_the_table_is_refused(ids):
    with pytest.raises(ValueError, match=rf"ids span {ids} \.\. {ids}, expected 0 \.\. 3"):
        Embedding(4, 5).forward(np.array([ids]))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_feed_forward(activation):
    x = rng(1).standard_normal((2, 3, 4))
    assert_twins(
        FeedForward(4, 8, activation=activation, seed=4),
        numpy_layers.FeedForward(4, 8, activation=activation, seed=4),
        x,
    )


MASKS = {
    "no mask": None,
    "causal": causal_mask(5),
    "padding": padding_mask(np.arange(5) < np.array([[5], [3]])),
    "both": padding_mask(np.arange(5) < np.array([[5], [3]])) & causal_mask(5),
    "nothing to see": padding_mask(np.arange(5) < np.array([[5], [0]])),
}


@pytest.mark.parametrize("mask", MASKS.values(), ids=list(MASKS))
def test_multi_head_attention(mask):
    query, key, value = (rng(seed).standard_normal((2, 5, 6)) for seed in range(3))
    assert_twins(
        MultiHeadAttention(6, 3, seed=5), numpy_layers.MultiHeadAttention(6, 3, seed=5), query, key, value, mask=mask
    )


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("mask", MASKS.values(), ids=list(MASKS))
def test_encoder(mask, norm_first):
    options = {"norm_first": norm_first, "final_norm": norm_first, "activation": "gelu", "seed": 6}
    x = rng(1).standard_normal((2, 5, 6))
    assert_twins(Encoder(2, 6, 3, 8, **options), numpy_layers.Encoder(2, 6, 3, 8, **options), x, mask=mask)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_mlp(activation):
    x = rng(1).standard_normal((7, 3))
    module = MLP([3, 8, 4, 2], activation=activation, seed=7)
    twin = reference_models.mlp.MLP([3, 8, 4, 2], activation=activation, seed=7)
    for own, other in zip(module.parameters().values(), twin.parameters().values(), strict=True):
        assert np.array_equal(own, other)
    leaf = Tensor(x, requires_grad=True)
    assert_close(module.forward(leaf).data, twin.forward(x))
    y_bar = rng(2).standard_normal((7, 2))
    module.forward(leaf).backward(y_bar)
    assert_close(leaf.grad, twin.backward(y_bar))
    for own, other in zip(module.gradients().values(), twin.gradients().values(), strict=True):
        assert_close(own, other)
    module.zero_grad()
    assert not any(gradient.any() for gradient in module.gradients().values())


def test_no_forward_takes_the_array_out_of_a_tensor():
    """Only the leaves are made of arrays, and only `parameters` hands them out."""
    for path in Path(modules.__file__).parent.glob("*.py"):
        if path.name == "parameters.py":
            continue
        reads = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
        assert not [node.lineno for node in reads if node.attr in {"data", "detach", "item"}], path
