"""Every operation of the tensor gives torch's value and gradients, whatever the shapes."""

from __future__ import annotations

import numpy as np
import pytest

from reference_models.tape import functions
from reference_models.tape.tensor import Tensor, concatenate, where

torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
functional = torch.nn.functional

BROADCASTS = [
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((4,), (3, 4)),
    ((3, 1), (1, 4)),
    ((3, 4), ()),
    ((), (3, 4)),
    ((2, 1, 4), (3, 1)),
    ((1,), (2, 3)),
    ((1, 1), (1,)),
]
OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
PRODUCTS = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2,), (2, 3)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 2)),
    ((5, 1, 2, 3), (6, 3, 4)),
]
ONE_OPERAND = {
    "-x": (lambda x: -x, lambda x: -x),
    "x**3": (lambda x: x**3, lambda x: x**3),
    "x**0.5": (lambda x: x.abs() ** 0.5, lambda x: x.abs() ** 0.5),
    "exp": (lambda x: x.exp(), lambda x: x.exp()),
    "log": (lambda x: x.abs().log(), lambda x: x.abs().log()),
    "sqrt": (lambda x: x.abs().sqrt(), lambda x: x.abs().sqrt()),
    "sum": (lambda x: x.sum(), lambda x: x.sum()),
    "sum 0": (lambda x: x.sum(0), lambda x: x.sum(0)),
    "sum -1 kept": (lambda x: x.sum(-1, keepdims=True), lambda x: x.sum(-1, keepdim=True)),
    "sum of two axes": (lambda x: x.sum((0, 2)), lambda x: x.sum((0, 2))),
    "mean": (lambda x: x.mean(), lambda x: x.mean()),
    "mean 1": (lambda x: x.mean(1), lambda x: x.mean(1)),
    "max": (lambda x: x.max(), lambda x: x.amax()),
    "max 1 kept": (lambda x: x.max(1, keepdims=True), lambda x: x.amax(1, keepdim=True)),
    "reshape": (lambda x: x.reshape(4, -1), lambda x: x.reshape(4, -1)),
    "transpose": (lambda x: x.transpose(2, 0, 1), lambda x: x.permute(2, 0, 1)),
    "reversed axes": (lambda x: x.transpose(), lambda x: x.permute(2, 1, 0)),
    "swap": (lambda x: x.swap(-1, 0), lambda x: x.swapaxes(-1, 0)),
    "broadcast": (lambda x: x.broadcast_to((5, 2, 3, 4)), lambda x: x.broadcast_to((5, 2, 3, 4))),
    "slice": (lambda x: x[1:, ::2], lambda x: x[1:, ::2]),
    "entry": (lambda x: x[1, 2, 3], lambda x: x[1, 2, 3]),
    "rows": (lambda x: x[np.array([1, 1, 0])], lambda x: x[[1, 1, 0]]),
    "pairs": (lambda x: x[np.array([0, 1, 0]), np.array([2, 2, 2])], lambda x: x[[0, 1, 0], [2, 2, 2]]),
    "relu": (functions.relu, functional.relu),
    "leaky relu": (functions.leaky_relu, functional.leaky_relu),
    "gelu": (functions.gelu, functional.gelu),
    "tanh gelu": (functions.tanh_gelu, lambda x: functional.gelu(x, approximate="tanh")),
    "sigmoid": (functions.sigmoid, torch.sigmoid),
    "tanh": (functions.tanh, torch.tanh),
    "softmax": (functions.softmax, lambda x: functional.softmax(x, dim=-1)),
    "log softmax": (functions.log_softmax, lambda x: functional.log_softmax(x, dim=-1)),
    "x x + x": (lambda x: x * x + x, lambda x: x * x + x),
    "x^T x": (lambda x: x.swap(1, 2) @ x, lambda x: x.swapaxes(1, 2) @ x),
}


def assert_agrees(operation, twin, *shapes):
    rng = np.random.default_rng(7)
    arrays = [rng.standard_normal(shape) for shape in shapes]
    operands = [Tensor(array, requires_grad=True) for array in arrays]
    twins = [torch.tensor(array, requires_grad=True) for array in arrays]
    actual, expected = operation(*operands), twin(*twins)
    assert actual.shape == tuple(expected.shape)
    y_bar = rng.standard_normal(actual.shape)
    actual.backward(y_bar)
    expected.backward(torch.tensor(y_bar))
    np.testing.assert_allclose(actual.data, expected.detach().numpy(), rtol=1e-12, atol=1e-14)
    for operand, other in zip(operands, twins, strict=True):
        assert operand.grad.shape == operand.shape
        np.testing.assert_allclose(operand.grad, other.grad.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shapes", BROADCASTS, ids=str)
@pytest.mark.parametrize("operator", OPERATORS.values(), ids=list(OPERATORS))
def test_an_operator_agrees_in_every_kind_of_broadcasting(operator, shapes):
    assert_agrees(operator, operator, *shapes)


@pytest.mark.parametrize("shapes", PRODUCTS, ids=str)
def test_the_matrix_product_agrees_in_every_rank(shapes):
    assert_agrees(lambda a, b: a @ b, lambda a, b: a @ b, *shapes)


@pytest.mark.parametrize(("operation", "twin"), ONE_OPERAND.values(), ids=list(ONE_OPERAND))
def test_an_operation_agrees(operation, twin):
    assert_agrees(operation, twin, (2, 3, 4))


def test_parts_one_after_another_agree():
    assert_agrees(
        lambda a, b, c: concatenate([a, b, c], axis=-1) ** 2,
        lambda a, b, c: torch.cat([a, b, c], dim=-1) ** 2,
        *[(3, 1), (3, 4), (3, 2)],
    )


def test_a_choice_agrees_with_broadcasting():
    condition = np.random.default_rng(3).random((3, 4)) < 0.5
    assert_agrees(
        lambda a, b: where(condition, a, b), lambda a, b: torch.where(torch.tensor(condition), a, b), (4,), (3, 1)
    )


def test_softmax_of_huge_scores_agrees():
    assert_agrees(lambda x: functions.softmax(1e5 * x), lambda x: functional.softmax(1e5 * x, dim=-1), (3, 4))


def test_losses_agree():
    targets = np.array([[0, 3], [2, 2], [1, 0]])
    target = np.random.default_rng(2).standard_normal((3, 2, 4))
    assert_agrees(
        lambda x: functions.cross_entropy(x, targets),
        lambda x: functional.cross_entropy(x.reshape(-1, 4), torch.tensor(targets).reshape(-1)),
        (3, 2, 4),
    )
    assert_agrees(
        lambda x: functions.mean_squared_error(x, target),
        lambda x: functional.mse_loss(x, torch.tensor(target)),
        (3, 2, 4),
    )


def test_a_masked_softmax_agrees_where_something_is_seen_and_is_zero_where_nothing_is():
    mask = np.array([[True, True, False, True], [False, True, False, False], [True] * 4])
    assert_agrees(
        lambda x: functions.masked_softmax(x, mask),
        lambda x: functional.softmax(x.masked_fill(~torch.tensor(mask), float("-inf")), dim=-1),
        (2, 3, 4),
    )
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    y = functions.masked_softmax(x, np.zeros((2, 3), dtype=bool))
    y.backward(np.ones((2, 3)))
    assert not y.data.any()
    assert not x.grad.any()
