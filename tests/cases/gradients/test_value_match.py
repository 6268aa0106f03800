from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradcheck.cases.gradients.bound import Bound
from gradcheck.cases.gradients.parameters import held
from gradcheck.cases.gradients.value_match import match_by_value
from gradcheck.cases.running.calling import Argument, Calling
from gradcheck.cases.running.evaluation import Evaluator

X = np.random.default_rng(0).standard_normal((4, 3))
Y_BAR = np.random.default_rng(1).standard_normal((4, 2))


class Linear:
    """y = x W, whose backward leaves what `leave` makes of the right gradient of W."""

    def __init__(self, leave, **attributes):
        self.W = np.random.default_rng(2).standard_normal((3, 2))
        self.leave = leave
        vars(self).update(attributes)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.leave(self, self.x.T @ dout)
        return dout @ self.W.T


def bound(layer):
    calling = Calling(
        forward="forward",
        backward="backward",
        arguments={"x": X},
        differentiable=("x",),
        plan=(Argument(name="dout", source="upstream"),),
    )
    item = next(item for item in held(layer) if item.name == "W")
    return Bound(
        identity="l.py::Linear",
        evaluator=Evaluator(layer=layer, seed=0),
        calling=calling,
        parameters={"W": item},
        sources={},
        point={"x": X, "W": item.value},
        output_dtype=np.dtype(np.float64),
        is_scalar=False,
    )


def matched(leave, taken=(), **attributes):
    layer = bound(Linear(leave, **attributes))
    return match_by_value("W", layer.aftermath(layer.point, Y_BAR), layer, Y_BAR, taken)


def leaves(**makers):
    """Set attributes, each to a function of the right gradient."""

    def leave(layer, gradient):
        vars(layer).update({name: make(gradient) for name, make in makers.items()})

    return leave


def right(gradient):
    return gradient


def test_a_gradient_under_an_odd_name_is_found_by_its_value():
    decoys = {"velocity": lambda g: 0.9 * g, "noise": np.ones_like, "flipped": lambda g: -g}
    assert matched(leaves(**decoys, hugo=right)) == "hugo"


def test_a_gradient_in_a_container_is_found_by_its_value():
    assert matched(leaves(store=lambda g: {"first": [0.0 * g, g]})) == "store['first'][1]"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda g: 2.0 * g,
        lambda g: -g,
        lambda g: g + 1e-2 * np.max(np.abs(g)),
        lambda g: g.T,
        lambda g: g[:1],
        lambda g: 0.0 * g,
        lambda g: np.full_like(g, np.nan),
    ],
    ids=["twice", "negated", "shifted", "transposed", "cut", "zero", "nan"],
)
def test_a_wrong_gradient_under_an_odd_name_is_not_taken(wrong):
    assert matched(leaves(hugo=wrong)) is None


def test_a_place_that_belongs_to_another_is_not_taken():
    assert matched(leaves(hugo=right), taken=["hugo"]) is None


def test_what_backward_did_not_write_is_not_taken():
    layer = bound(Linear(lambda layer, gradient: None))
    gradient = X.T @ Y_BAR
    stale = bound(Linear(lambda layer, gradient: None, hugo=gradient))
    for case in (layer, stale):
        assert match_by_value("W", case.aftermath(case.point, Y_BAR), case, Y_BAR, []) is None


def test_a_gradient_of_another_layer_scale_is_found():
    layer = bound(Linear(leaves(hugo=right)))
    tiny = dataclasses.replace(layer, point={"x": 1e-6 * X, "W": 1e6 * layer.point["W"]})
    assert match_by_value("W", tiny.aftermath(tiny.point, Y_BAR), tiny, Y_BAR, []) == "hugo"
