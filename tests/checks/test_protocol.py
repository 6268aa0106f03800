from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradcheck.checks.protocol import CHECK
from gradcheck.types import CheckResult, Outcome, Profile

PASSED, FAILED, NOT_APPLICABLE = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE
X = np.random.default_rng(3).standard_normal((4, 6))


class Dense:
    """y = x W + b; one cache, gradients overwritten."""

    def __init__(self):
        self.W = 0.3 * np.random.default_rng(1).standard_normal((6, 3))
        self.b = np.zeros(3)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


@pytest.fixture
def examined(context_of):
    return lambda layer, *inputs, **fields: CHECK.examine(context_of(layer, *(inputs or (X,)), **fields))


def test_a_layer_of_one_cache_passes_and_the_ways_it_was_driven_are_told(examined):
    result = examined(Dense())
    assert result.outcome is PASSED
    assert result.headline == "Dense: driven in 6 ways, the same gradients"
    assert list(result.table) == [
        "a second step: gradients are overwritten",
        "two forwards: one cache, that of the last",
        "an upstream gradient that is transposed in memory",
        "two instances in turns",
        "batches of different sizes",
        "loaded from a pickle",
        "arrays overwritten before backward: the gradient of `W` is read off the caller's",
    ]
    assert (result.notes, result.warnings) == ((), ())


def test_the_fast_profile_drives_it_in_two_ways(examined):
    assert len(examined(Dense(), profile=Profile.FAST).table) == 2


def test_the_layer_is_left_as_it_was(examined):
    layer = Dense()
    W = layer.W.copy()
    examined(layer)
    assert np.array_equal(layer.W, W)
    assert set(vars(layer)) == {"W", "b"}


def test_gradients_that_are_all_added_to_pass(examined):
    class Adding(Dense):
        def __init__(self):
            super().__init__()
            self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

        def backward(self, dout):
            self.dW += self.x.T @ dout
            self.db += dout.sum(axis=0)
            return dout @ self.W.T

    result = examined(Adding())
    assert result.outcome is PASSED
    assert result.table[0] == "a second step: gradients are added to"


def test_of_two_gradients_added_to_and_overwritten_both_are_named(examined):
    class Mixed(Dense):
        def __init__(self):
            super().__init__()
            self.dW = np.zeros_like(self.W)

        def backward(self, dout):
            self.dW += self.x.T @ dout
            self.db = dout.sum(axis=0)
            return dout @ self.W.T

    class Cleared(Mixed):
        def zero_grad(self):
            self.dW = np.zeros_like(self.W)

    class ClearedThroughout(Cleared):
        def zero_grad(self):
            super().zero_grad()
            self.db = np.zeros_like(self.b)

    for layer in (Mixed(), ClearedThroughout()):
        result = examined(layer)
        assert result.outcome is FAILED
        assert result.headline.endswith(": the gradient of `W` is added to, that of `b` is overwritten")
    result = examined(Cleared())
    assert result.outcome is PASSED
    told = "the gradient of `W` is added to, that of `b` is overwritten, and `zero_grad` clears the former alone"
    assert told in result.notes


def test_a_cache_of_the_first_call_is_found_in_the_second_step(examined):
    class First(Dense):
        def forward(self, x):
            self.x = getattr(self, "x", x)
            return x @ self.W + self.b

    result = examined(First())
    assert result.outcome is FAILED
    assert result.headline == "First: in a second step the gradient of `W` is wrong"
    assert result.mismatches[0].where.startswith("W[")


def test_a_cache_that_waits_for_its_backward_is_that_of_the_first_forward(examined):
    class Waiting:
        x = None

        def forward(self, x):
            self.x = x if self.x is None else self.x
            return x**2

        def backward(self, dout):
            dx, self.x = 2 * self.x * dout, None
            return dx

    assert examined(Waiting()).headline == "Waiting: after two forwards the gradient of `x` is that of the first"


def test_a_cache_for_each_call_is_told(examined):
    class Stack:
        def __init__(self):
            self.kept = []

        def forward(self, x):
            self.kept.append(x)
            return x**2

        def backward(self, dout):
            return 2 * self.kept.pop() * dout

    assert "two forwards, two backwards: a cache for each call" in examined(Stack()).table


def test_a_returned_array_that_the_next_step_overwrites_fails(examined):
    class Buffer(Dense):
        def forward(self, x):
            if getattr(self, "out", None) is None or len(self.out) != len(x):
                self.out = np.empty((len(x), 3))
            self.out[...] = super().forward(x)
            return self.out

    found = examined(Buffer())
    assert found.headline == "Buffer: forward's answer of one step is overwritten by the next"
    assert 'expect = "buffers-reused"' in found.hint[0]
    assert examined(Buffer(), expect="buffers-reused").outcome is PASSED


def test_weights_that_were_kept_at_the_first_call_are_told_from_arrays_that_the_caller_reused(examined):
    class Kept(Dense):
        transposed = None

        def backward(self, dout):
            super().backward(dout)
            self.transposed = self.W.T.copy() if self.transposed is None else self.transposed
            return dout @ self.transposed

    assert examined(Kept()).headline == "Kept: in a step after the parameters changed the gradient of `x` is wrong"


def test_a_forward_that_goes_on_with_its_first_weights_fails(examined):
    class Frozen:
        gain = None

        def __init__(self):
            self.W = np.array([0.5, 1.5, -0.25])

        def forward(self, x):
            self.x = x
            self.gain = float(np.sum(self.W)) if self.gain is None else self.gain
            return self.gain * x

        def backward(self, dout):
            self.dW = np.full(3, np.sum(self.x * dout))
            return self.gain * dout

    assert "forward goes on with the parameters of its first call" in examined(Frozen()).headline


def test_two_instances_with_one_cache_between_them_fail(examined):
    class Shared:
        cache = {}  # noqa: RUF012 - the mistake

        def forward(self, x):
            self.cache["x"] = x
            return x**2

        def backward(self, dout):
            return 2 * self.cache["x"] * dout

    assert examined(Shared()).headline == "Shared: two instances share state: the gradient of `x` is wrong"


def test_a_forward_with_a_hidden_state_is_told_and_not_compared(examined):
    class Counting:
        calls = 0

        def forward(self, x):
            self.calls += 1
            self.x = x
            return self.calls * x**2

        def backward(self, dout):
            return 2 * self.calls * self.x * dout

    result = examined(Counting())
    assert result.outcome is NOT_APPLICABLE
    assert result.headline.startswith("forward's answer depends on earlier calls")


def test_an_error_of_a_second_backward_is_told_and_does_not_fail(examined):
    class Once(Dense):
        used = 0

        def backward(self, dout):
            self.used += 1
            if self.used > 1:
                raise RuntimeError("no second time")
            return super().backward(dout)

    result = examined(Once())
    assert result.outcome is not FAILED
    assert any("no second time" in warning for warning in result.warnings)


class Gate:
    """y = x^3 in training, x^2 in evaluation; `right` says which backwards are."""

    def __init__(self, right=("training", "evaluation")):
        self.training = True
        self.right = right

    def forward(self, x):
        self.x = x
        return x**3 if self.training else x**2

    def backward(self, dout):
        if not self.training and "evaluation" in self.right:
            return 2 * self.x * dout
        return 3 * self.x**2 * dout


def test_both_modes_are_checked_where_both_work(examined):
    assert {"an evaluation between two steps", "evaluation mode"} <= set(examined(Gate()).table)


def test_a_backward_that_knows_one_mode_only_fails_in_the_other(examined):
    result = examined(Gate(right=("training",)))
    assert result.outcome is FAILED
    assert result.headline == "Gate: in evaluation mode the gradient of `x` is wrong"


def test_a_backward_that_raises_in_evaluation_mode_was_not_written_for_it(examined):
    class TrainingOnly(Gate):
        def backward(self, dout):
            if not self.training:
                raise RuntimeError("not in training")
            return super().backward(dout)

    result = examined(TrainingOnly())
    assert result.outcome is PASSED
    assert "evaluation mode" not in result.table


@pytest.mark.parametrize("check", ["gradient", "determinism"])
def test_nothing_is_told_twice_of_a_layer_that_failed_before(examined, check):
    def found(name):
        if name != check:
            return None
        return CheckResult(check=name, layer="layers.py::Dense", outcome=FAILED, compared=1, headline="wrong")

    result = examined(Dense(), found=found)
    assert (result.outcome, result.headline) == (NOT_APPLICABLE, f"nothing to compare with; see {check}")


def test_without_a_layer_there_is_nothing_to_drive(context_of):
    context = context_of(Dense(), X)
    subject = dataclasses.replace(context.case.subject, drive=None)
    case = dataclasses.replace(context.case, subject=subject)
    assert CHECK.examine(dataclasses.replace(context, case=case)).outcome is NOT_APPLICABLE
