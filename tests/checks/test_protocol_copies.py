from __future__ import annotations

import numpy as np
import pytest

from gradcheck.building import build
from gradcheck.checks.protocol import CHECK
from gradcheck.choosing import Plan
from gradcheck.oracles import finite_difference
from gradcheck.types import Context, Outcome, Profile

X = np.random.default_rng(3).standard_normal((4, 3))
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


@pytest.fixture
def examined(context_of):
    return lambda layer: CHECK.examine(context_of(layer, X))


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y.copy()

    def backward(self, dout):
        return dout * (1 - self.y**2)


class Unpicklable(Tanh):
    """Copied, since a function among its attributes cannot be pickled."""

    def __init__(self):
        self.slope = lambda y: 1 - y**2

    def backward(self, dout):
        return dout * self.slope(self.y)


class InDefaultArgument:
    """Keeps its cache in a default argument, which all instances share."""

    def __init__(self, cache={}):  # noqa: B006 - the mistake
        self.cache = cache

    def forward(self, x):
        self.cache["x"] = x
        return np.sin(x)

    def backward(self, dout):
        return dout * np.cos(self.cache["x"])


class Transposed:
    """Keeps a view of its weights, which follows them in place."""

    def __init__(self):
        self.W = np.random.default_rng(0).standard_normal((3, 3))
        self.transposed = self.W.T

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.transposed


class Stack:
    """A cache for each call."""

    def __init__(self, adds):
        self.W = np.random.default_rng(0).standard_normal((3, 3))
        self.dW = np.zeros((3, 3))
        self.adds = adds
        self.kept = []

    def forward(self, x):
        self.kept.append(x)
        return x @ self.W

    def backward(self, dout):
        gradient = self.kept.pop().T @ dout
        self.dW = self.dW + gradient if self.adds else gradient
        return dout @ self.W.T


def test_a_default_argument_that_instances_share_is_found_where_two_are_constructed():
    plan = Plan(identity="layers.py::InDefaultArgument", forward="forward", backward="backward", seed=0)
    case, _ = build(InDefaultArgument, plan)
    oracles = {"finite_difference": finite_difference.ORACLE}
    result = CHECK.examine(Context(case=case, profile=Profile.DEFAULT, oracles=oracles))
    assert result.outcome is FAILED
    assert result.headline == "InDefaultArgument: two instances share state: the gradient of `x` is wrong"


def test_what_cannot_be_pickled_is_copied(examined):
    result = examined(Unpicklable())
    assert result.outcome is PASSED
    assert "copied" in result.table
    assert "loaded from a pickle" in examined(Tanh()).table


def test_views_that_a_copy_parts_from_the_parameters_are_told(examined):
    result = examined(Transposed())
    assert result.outcome is PASSED
    assert "loaded from a pickle, what it keeps beside its parameters no longer follows them" in result.notes


@pytest.mark.parametrize("adds", [True, False])
def test_of_a_layer_used_twice_in_one_graph_the_gradient_of_one_use_is_told(examined, adds):
    result = examined(Stack(adds))
    told = "used twice in one graph, it keeps the gradient of `W` of one use only"
    assert result.outcome is PASSED
    assert (told in result.warnings) == (not adds)


def test_arrays_that_the_caller_overwrites_before_backward_are_told_and_do_not_fail(examined):
    class Keeps(Tanh):
        def forward(self, x):
            self.y = np.tanh(x)
            return self.y

    reads = "arrays overwritten before backward: the gradient of `x` is read off the caller's"
    own = "arrays overwritten before backward: none is the caller's"
    assert reads in examined(Keeps()).table
    assert own in examined(Tanh()).table
