from __future__ import annotations

import numpy as np
import pytest

from gradcheck.building import build_given
from gradcheck.cases.guessing.given import given_inputs
from gradcheck.choosing import Plan

X = np.random.default_rng(2).standard_normal((4, 3))


class Scale:
    """y = g x, with a generator, a list and a method that clears."""

    def __init__(self):
        self.g = np.array([0.5, 1.5, -2.0])
        self.dg = np.zeros(3)
        self.rng = np.random.default_rng(0)
        self.kept = []

    def zero_grad(self):
        self.dg = np.zeros(3)

    def forward(self, x):
        self.x = x
        self.mask = self.rng.random(x.shape) > 0.3
        self.kept.append(x.sum())
        return self.g * x * self.mask

    def backward(self, dout):
        self.dg += np.sum(dout * self.x * self.mask, axis=0)
        return dout * self.g * self.mask


@pytest.fixture
def subject():
    layer = Scale()
    plan = Plan(identity="layers.py::Scale", forward="forward", backward="backward", seed=0)
    return build_given(layer, given_inputs(layer, "forward", (X,), {}), plan, "Scale()").subject


def test_what_one_call_leaves_the_next_one_finds(subject):
    session = subject.drive()
    first = session.backward(session.forward(subject.primals, {}, 0), np.ones_like(X))
    second = session.backward(session.forward(subject.primals, {}, 0), np.ones_like(X))
    assert np.allclose(second.held["g"], first.gradients["g"])
    assert np.allclose(second.gradients["g"], 2 * first.gradients["g"])
    assert second.places == {"g"}


def test_sessions_share_nothing(subject):
    one, other = subject.drive(), subject.drive()
    one.backward(one.forward(subject.primals, {}, 0), np.ones_like(X))
    answer = other.backward(other.forward(subject.primals, {}, 0), np.ones_like(X))
    assert not np.any(answer.held["g"])


def test_the_same_draw_gives_the_same_numbers_and_another_one_others(subject):
    session = subject.drive()
    ys = [session.forward(subject.primals, {}, draw).y for draw in (0, 1, 0)]
    assert np.array_equal(ys[0], ys[2])
    assert not np.array_equal(ys[0], ys[1])


def test_parameters_are_put_in_and_the_callers_arrays_are_its_own(subject):
    session = subject.drive()
    call = session.forward({**subject.primals, "g": np.zeros(3)}, {}, 0)
    assert not np.any(call.y)
    assert call.given["x"] is not subject.primals["x"]
    assert session.shared(call.output) == ()


def test_clearing_calls_the_layers_own_method(subject):
    session = subject.drive()
    session.backward(session.forward(subject.primals, {}, 0), np.ones_like(X))
    session.zero_gradients()
    answer = session.backward(session.forward(subject.primals, {}, 0), np.ones_like(X))
    assert not np.any(answer.held["g"])


def test_narrow_makes_everything_float32(subject):
    session = subject.drive()
    session.narrow(np.float32)
    primals = {name: x.astype(np.float32) for name, x in subject.primals.items()}
    call = session.forward(primals, {}, 0)
    assert call.output.dtype == np.float32


def test_numbers_in_a_list_are_no_calls_that_are_kept(subject):
    session = subject.drive()
    session.forward(subject.primals, {}, 0)
    assert session.lengths() == {"kept": 0}


def test_a_layer_of_one_mode_cannot_be_switched_and_backward_may_come_first(subject):
    session = subject.drive()
    assert session.switch is None
    assert session.backward_alone is not None
    with pytest.raises(AttributeError):
        session.backward_alone(np.ones_like(X))
