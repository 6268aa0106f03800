from __future__ import annotations

import numpy as np
import pytest

from reference_models.tape.functions import cross_entropy
from reference_models.tape.tensor import Tensor, concatenate, where


def leaf(*shape, seed=0):
    return Tensor(np.random.default_rng(seed).standard_normal(shape), requires_grad=True)


def test_a_result_has_an_edge_to_its_operands():
    x, y = leaf(2), leaf(2)
    z = x * y
    assert z.edge.operands == (x, y)
    assert z.requires_grad
    assert x.edge is None


def test_what_is_computed_from_constants_has_no_edge():
    assert (Tensor([1.0]) + 2.0).edge is None


def test_a_tensor_used_twice_gets_the_sum():
    x = Tensor(3.0, requires_grad=True)
    (x * x + x).backward()
    assert x.grad == 2 * 3 + 1


def test_a_diamond_is_walked_once_from_each_node():
    x = Tensor(1.0, requires_grad=True)
    y = x
    for _ in range(60):  # 2^60 paths
        half = y * 0.5
        y = half + half
    y.backward()
    assert x.grad == 1.0


def test_depth_has_no_limit():
    x = Tensor(1.0, requires_grad=True)
    y = x
    for _ in range(20_000):
        y = y + 1.0
    y.backward()
    assert x.grad == 1.0


def test_gradients_add_up_until_they_are_forgotten():
    x = Tensor([1.0, 2.0], requires_grad=True)
    (2 * x).sum().backward()
    (3 * x).sum().backward()
    assert np.array_equal(x.grad, [5.0, 5.0])
    x.zero_grad()
    assert x.grad is None


def test_a_gradient_shares_no_memory_with_the_cotangent_or_another_gradient():
    x, y = leaf(3), leaf(3, seed=1)
    y_bar = np.ones(3)
    (x + y).backward(y_bar)
    assert not np.shares_memory(x.grad, y_bar)
    assert not np.shares_memory(x.grad, y.grad)


def test_results_and_constants_keep_no_gradient():
    x, constant = leaf(3), Tensor(np.ones(3))
    y = x * constant
    y.sum().backward()
    assert y.grad is None
    assert constant.grad is None


@pytest.mark.parametrize("other", [2.0, np.full(3, 2.0), np.float64(2.0), 2], ids=lambda value: type(value).__name__)
def test_numbers_and_arrays_may_stand_on_the_left(other):
    x = Tensor([1.0, 2.0, 4.0], requires_grad=True)
    for result, value, slope in [
        (other + x, [3.0, 4.0, 6.0], [1.0, 1.0, 1.0]),
        (other - x, [1.0, 0.0, -2.0], [-1.0, -1.0, -1.0]),
        (other * x, [2.0, 4.0, 8.0], [2.0, 2.0, 2.0]),
        (other / x, [2.0, 1.0, 0.5], [-2.0, -0.5, -0.125]),
    ]:
        assert isinstance(result, Tensor)
        assert np.array_equal(result.data, value)
        x.zero_grad()
        result.sum().backward()
        assert np.array_equal(x.grad, slope)


def test_a_matrix_may_stand_on_the_left():
    x = leaf(3, 2)
    y = np.ones((4, 3)) @ x
    y.sum().backward()
    assert y.shape == (4, 2)
    assert np.array_equal(x.grad, np.full((3, 2), 4.0))


def test_float32_stays_float32():
    x = Tensor(np.ones((2, 3), np.float32), requires_grad=True)
    y = (2.0 * x + 1 - 0.5).exp().mean(-1)
    y.sum().backward()
    assert y.dtype == np.float32
    assert x.grad.dtype == np.float32


def test_a_detached_tensor_is_a_constant():
    x = Tensor([2.0], requires_grad=True)
    (x * x.detach()).backward()
    assert np.array_equal(x.grad, [2.0])


def test_the_gradient_of_the_zeroth_power_is_zero_everywhere():
    x = Tensor([0.0, 2.0], requires_grad=True)
    (x**0).sum().backward()
    assert np.array_equal(x.grad, [0.0, 0.0])


def test_the_largest_entries_share_in_equal_parts():
    x = Tensor([[1.0, 3.0, 3.0]], requires_grad=True)
    x.max(axis=1).sum().backward()
    assert np.array_equal(x.grad, [[0.0, 0.5, 0.5]])


def test_duplicate_indices_add_up():
    x = Tensor([1.0, 2.0], requires_grad=True)
    x[np.array([0, 0, 1, 0])].sum().backward()
    assert np.array_equal(x.grad, [3.0, 1.0])


def test_backward_from_several_entries_needs_a_cotangent():
    with pytest.raises(ValueError, match=r"shape \(2,\) needs a cotangent"):
        (leaf(2) * 1).backward()


def test_a_cotangent_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"y_bar is \(1,\), expected \(2,\)"):
        (leaf(2) * 1).backward(np.ones(1))


def test_backward_from_a_constant_says_that_no_leaf_is_reached():
    with pytest.raises(ValueError, match="without an edge to any leaf"):
        Tensor([1.0]).backward()


def test_whole_numbers_have_no_gradient():
    with pytest.raises(TypeError, match="int64: only floating-point"):
        Tensor([1, 2], requires_grad=True)


def test_parts_and_choices_get_back_what_is_theirs():
    a, b = leaf(2, 2), leaf(2, 3, seed=1)
    (concatenate([a, b], axis=1) * np.arange(10.0).reshape(2, 5)).sum().backward()
    assert np.array_equal(a.grad, [[0, 1], [5, 6]])
    assert np.array_equal(b.grad, [[2, 3, 4], [7, 8, 9]])
    c = leaf(3)
    where(np.array([True, False, True]), c, 0.0).sum().backward()
    assert np.array_equal(c.grad, [1, 0, 1])


def test_whole_numbers_become_floats_when_they_meet_one():
    assert np.array_equal((Tensor([1, 2]) * 0.5).data, [0.5, 1.0])
    assert Tensor([1, 2]).mean().item() == 1.5


def test_a_power_of_a_tensor_is_refused():
    with pytest.raises(TypeError, match="unsupported operand"):
        leaf(2) ** leaf(2)


@pytest.mark.parametrize("target", [-1, 3])
def test_a_target_outside_the_classes_is_refused(target):
    with pytest.raises(ValueError, match=rf"targets span {target} \.\. {target}, expected 0 \.\. 2"):
        cross_entropy(leaf(1, 3), np.array([target]))
