"""What people do to a tape: each layer beside its right twin loses the gradients that its story says, and no others."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from reference_models.tape import functions
from reference_models.tape.modules.embedding import Embedding
from reference_models.tape.modules.layer_norm import LayerNorm
from reference_models.tape.modules.linear import Linear
from reference_models.tape.modules.parameters import tensors
from reference_models.tape.tensor import Tensor


def load(name):
    specification = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


extraction, copied_flag, patched, max_shift = (
    load(name) for name in ("broken_extraction", "broken_copied_flag", "broken_patched_methods", "right_max_shift")
)


def x_of(*shape):
    return Tensor(np.random.default_rng(4).standard_normal(shape), requires_grad=True)


def backward(y):
    y.backward(np.random.default_rng(5).standard_normal(y.shape))


def without_gradient(layer):
    return {name for name, tensor in tensors(layer) if tensor.grad is None}


def test_an_extracted_product_has_no_edge_at_all():
    layer = extraction.ExtractedLinear(3, 2)
    with pytest.raises(ValueError, match="without an edge to any leaf"):
        layer.forward(x_of(4, 3)).sum().backward()


def test_an_extracted_softmax_cuts_off_queries_and_keys_and_nothing_else():
    layer = extraction.ExtractedSoftmaxAttention(4)
    backward(layer.forward(x_of(3, 4)))
    assert without_gradient(layer) == {"query.W", "query.b", "key.W", "key.b"}


def test_extracted_statistics_leave_a_gradient_that_is_wrong():
    right, wrong = LayerNorm(5), extraction.HalfExtractedLayerNorm(5)
    x, other = x_of(3, 5), x_of(3, 5)
    y, same = right.forward(x), wrong.forward(other)
    np.testing.assert_allclose(same.data, y.data, rtol=1e-12)
    backward(y)
    backward(same)
    np.testing.assert_allclose(wrong.gamma.grad, right.gamma.grad, rtol=1e-12)
    assert np.abs(other.grad - x.grad).max() > 0.1


def test_an_extracted_shortcut_loses_the_gradient_of_the_shortcut_alone():
    layer, x = extraction.ExtractedResidual(4), x_of(1, 3, 4)
    y = layer.forward(x)
    backward(y)
    lost = np.random.default_rng(5).standard_normal(y.shape)
    block = x.grad.copy()
    x.zero_grad()
    normed = layer.norm.forward(x)
    backward(layer.attention.forward(normed, normed, normed) + x)
    np.testing.assert_allclose(x.grad, block + lost, rtol=1e-12)
    assert without_gradient(layer) == set()


def test_a_table_that_is_looked_up_as_an_array_never_learns():
    right, wrong = Embedding(5, 3), extraction.DetachedEmbedding(5, 3)
    ids = np.array([0, 4, 4])
    backward(right.forward(ids))
    backward(wrong.forward(ids))
    assert right.W.grad is not None
    assert wrong.W.grad is None


@pytest.mark.parametrize("name", ["CopiedFlagResidual", "CopiedFlagDropout", "CopiedFlagGelu"])
def test_a_copied_flag_lets_backward_run_and_reaches_nothing(name):
    layer, x = getattr(copied_flag, name)(4), x_of(3, 4)
    y = layer.forward(x)
    assert y.requires_grad
    assert y.edge is None
    backward(y)
    assert x.grad is None
    assert without_gradient(layer) == {"linear.W", "linear.b"}


@pytest.fixture
def patched_tensor(monkeypatch):
    patched.switch_on(lambda owner, name, method: monkeypatch.setattr(owner, name, method, raising=False))


@pytest.mark.usefixtures("patched_tensor")
def test_a_patched_method_composed_of_operations_is_right():
    x = Tensor([-2.0, 0.5, 3.0], requires_grad=True)
    y = x.clipped(-1.0, 1.0)
    y.sum().backward()
    assert np.array_equal(y.data, [-1.0, 0.5, 1.0])
    assert np.array_equal(x.grad, [0.0, 1.0, 0.0])


@pytest.mark.usefixtures("patched_tensor")
def test_a_patched_method_without_an_edge_cuts_the_graph():
    x = Tensor([2.0], requires_grad=True)
    x.squared().backward()
    assert x.grad is None


@pytest.mark.usefixtures("patched_tensor")
def test_a_patched_method_with_its_operands_edge_has_the_slope_of_nothing():
    x = Tensor([2.0], requires_grad=True)
    (3 * x).soft_sign().backward()
    assert np.array_equal(x.grad, [3.0])  # and not 3 / (1 + 6)^2


def test_a_detached_shift_of_the_softmax_changes_no_gradient():
    layer, linear = max_shift.ShiftedSoftmax(4), Linear(4, 4)
    x, other = x_of(3, 4), x_of(3, 4)
    backward(layer.forward(x))
    backward(functions.softmax(linear.forward(other)))
    np.testing.assert_allclose(x.grad, other.grad, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(layer.linear.W.grad, linear.W.grad, rtol=1e-12, atol=1e-15)


def test_a_detached_shift_that_is_added_back_changes_no_gradient():
    layer, linear = max_shift.ShiftedLogSumExp(4), Linear(4, 4)
    x, other = x_of(3, 4), x_of(3, 4)
    backward(layer.forward(x))
    backward(linear.forward(other).exp().sum(-1, keepdims=True).log())
    np.testing.assert_allclose(x.grad, other.grad, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(layer.linear.W.grad, linear.W.grad, rtol=1e-12, atol=1e-15)
