"""Large parameters are lent instead of copied, and a layer that writes into one is seen all the same."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.building import build_given
from gradcheck.cases.guessing.given import given_inputs
from gradcheck.cases.running.copies import is_same, with_arrays
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.states.anatomy import LARGE
from gradcheck.choosing import Plan

SIDE = 1024
X = np.random.default_rng(0).standard_normal((2, SIDE))


class Linear:
    def __init__(self):
        self.W = np.random.default_rng(1).standard_normal((SIDE, SIDE)) / 32.0
        self.dW = np.zeros((SIDE, SIDE))

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, y_bar):
        self.dW = self.x.T @ y_bar
        return y_bar @ self.W.T


class Accumulating(Linear):
    def backward(self, y_bar):
        self.dW += self.x.T @ y_bar
        return y_bar @ self.W.T


class Projecting(Linear):
    def forward(self, x):
        self.x = x
        self.W *= 0.5
        return x @ self.W


class WritingOnLargeInputs(Linear):
    def forward(self, x):
        self.x = x
        if np.max(x) > 100.0:
            self.W *= 2.0
        return x @ self.W


class WritingOnLargeGradients(Linear):
    def backward(self, y_bar):
        x_bar = super().backward(y_bar)
        if np.max(y_bar) > 100.0:
            self.W -= self.dW
        return x_bar


class Updating(Linear):
    def backward(self, y_bar):
        x_bar = super().backward(y_bar)
        self.W -= 0.5 * self.dW
        return x_bar


def bound(layer):
    plan = Plan(identity=f"layers.py::{type(layer).__name__}", forward="forward", backward="backward", seed=0)
    return build_given(layer, given_inputs(layer, "forward", (X,), {}), plan, "Layer()").subject


def untouched(layer):
    fresh = type(layer)()
    return vars(layer).keys() == vars(fresh).keys() and all(
        np.array_equal(value, getattr(fresh, name)) for name, value in vars(layer).items()
    )


Y_BAR = np.random.default_rng(2).standard_normal((2, SIDE))


@pytest.mark.parametrize("cls", [Linear, Accumulating, WritingOnLargeInputs, WritingOnLargeGradients])
def test_every_call_of_a_pullback_gives_the_same_gradients(cls):
    layer = cls()
    subject = bound(layer)
    x, weights = (subject.primals[name] for name in ("x", "W"))
    y, vjp = subject.value_and_vjp(subject.primals)
    assert np.allclose(y, x @ weights, rtol=1e-12, atol=1e-12)
    for pullback in (vjp(Y_BAR), vjp(Y_BAR)):
        assert np.allclose(pullback.gradients["W"], x.T @ Y_BAR, rtol=1e-12, atol=1e-12)
        assert np.allclose(pullback.gradients["x"], Y_BAR @ weights.T, rtol=1e-10, atol=1e-10)
        assert pullback.changed == ()
    assert untouched(layer)


def test_a_pullback_answers_to_each_upstream_gradient_it_is_given():
    subject = bound(Linear())
    _, vjp = subject.value_and_vjp(subject.primals)
    first, second = (vjp(factor * Y_BAR).gradients["W"] for factor in (1.0, -3.0))
    assert np.allclose(second, -3.0 * first, rtol=1e-12, atol=1e-12)


def test_a_forward_that_writes_into_its_weights_works_on_a_copy_every_time():
    layer = Projecting()
    subject = bound(layer)
    before = {name: x.copy() for name, x in subject.primals.items()}
    answers = [subject.value(subject.primals) for _ in range(2)]
    assert np.array_equal(*answers)
    assert np.allclose(answers[0], before["x"] @ (0.5 * before["W"]), rtol=1e-12, atol=1e-12)
    assert all(np.array_equal(subject.primals[name], x) for name, x in before.items())
    _, vjp = subject.value_and_vjp(subject.primals)
    assert vjp(Y_BAR).changed == ("W",)
    assert untouched(layer)


def test_a_write_that_binding_never_saw_is_run_again_on_a_copy():
    layer = WritingOnLargeInputs()
    subject = bound(layer)
    weights = subject.primals["W"].copy()
    loud = {**subject.primals, "x": 1000.0 * X}
    for _ in range(2):
        assert np.allclose(subject.value(loud), 2.0 * (loud["x"] @ weights), rtol=1e-12, atol=1e-9)
    assert np.array_equal(subject.primals["W"], weights)
    assert untouched(layer)


def test_weights_that_backward_moves_only_sometimes_are_told_as_changed():
    layer = WritingOnLargeGradients()
    subject = bound(layer)
    weights = subject.primals["W"].copy()
    _, vjp = subject.value_and_vjp(subject.primals)
    assert vjp(Y_BAR).changed == ()
    pullback = vjp(1000.0 * Y_BAR)
    assert pullback.changed == ("W",)
    assert np.allclose(pullback.gradients["W"], 1000.0 * X.T @ Y_BAR, rtol=1e-9, atol=1e-9)
    assert np.array_equal(subject.primals["W"], weights)


def test_the_step_of_a_backward_that_moves_its_weights_is_read():
    subject = bound(Updating())
    _, vjp = subject.value_and_vjp(subject.primals)
    pullback = vjp(Y_BAR)
    moved = pullback.gradients["W"] / (X.T @ Y_BAR)
    assert np.allclose(moved, moved[0, 0], rtol=1e-4)
    assert pullback.changed == ("W",)


def test_an_error_of_the_layer_is_the_layers_own():
    class Refusing(Linear):
        def forward(self, x):
            if np.max(x) > 100.0:
                raise LookupError("too large")
            return super().forward(x)

    subject = bound(Refusing())
    with pytest.raises(LookupError, match="too large"):
        subject.value({**subject.primals, "x": 1000.0 * X})


def test_a_lent_array_is_the_value_itself_and_cannot_be_written():
    layer = Linear()
    value = np.ones((SIDE, SIDE))
    copied = with_arrays(Evaluator(layer=layer, seed=0), {("W",): value}, lent={("W",)})
    assert np.shares_memory(copied.W, value)
    assert is_same(copied.W, value)
    with pytest.raises(ValueError, match="read-only"):
        copied.W += 1.0
    copied.dW += 1.0
    assert untouched(layer)


def test_what_shares_memory_with_another_array_is_never_lent():
    layer = Linear()
    layer.transposed = layer.W.T
    value = np.ones((SIDE, SIDE))
    copied = with_arrays(Evaluator(layer=layer, seed=0), {("W",): value}, lent={("W",)})
    assert not np.shares_memory(copied.W, value)
    assert np.shares_memory(copied.W, copied.transposed)
    assert np.array_equal(copied.transposed, value.T)


def test_small_arrays_are_copied():
    class Small:
        def __init__(self):
            self.W = np.zeros(LARGE - 1)

    value = np.ones(LARGE - 1)
    copied = with_arrays(Evaluator(layer=Small(), seed=0), {("W",): value}, lent={("W",)})
    assert not np.shares_memory(copied.W, value)
    assert np.array_equal(copied.W, value)


def test_a_view_stays_a_view_through_a_copy_of_a_copy():
    layer = SimpleNamespace(W=np.arange(6.0).reshape(2, 3))
    layer.transposed = layer.W.T
    for _ in range(2):
        layer = Evaluator(layer=layer, seed=0).copy()
        layer.W[0, 1] += 1.0
        assert np.array_equal(layer.transposed, layer.W.T)
