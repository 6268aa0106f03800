from __future__ import annotations

import numpy as np
import pytest

from gradcheck.cases.gradients import accumulation
from gradcheck.cases.gradients.bound import Bound
from gradcheck.cases.gradients.parameters import held
from gradcheck.cases.gradients.sources import Source
from gradcheck.cases.running.calling import Argument, Calling
from gradcheck.cases.running.evaluation import Evaluator

X = np.random.default_rng(0).standard_normal((4, 3))
Y_BAR = np.random.default_rng(1).standard_normal((4, 2))


class Linear:
    """y = x W, whose backward leaves what `leave` makes of the right gradient of W."""

    def __init__(self, leave, before):
        self.W = np.random.default_rng(2).standard_normal((3, 2))
        self.leave, self.dW = leave, before

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.leave(self, self.x.T @ dout)
        return dout @ self.W.T


def resolved(leave, before, source):
    layer = Linear(leave, before)
    calling = Calling(
        forward="forward",
        backward="backward",
        arguments={"x": X},
        differentiable=("x",),
        plan=(Argument(name="dout", source="upstream"),),
    )
    item = next(item for item in held(layer) if item.name == "W")
    bound = Bound(
        identity="l.py::Linear",
        evaluator=Evaluator(layer=layer, seed=0),
        calling=calling,
        parameters={"W": item},
        sources={},
        point={"x": X, "W": item.value},
        output_dtype=np.dtype(np.float64),
        is_scalar=False,
    )
    return accumulation.resolved({"W": source}, bound.aftermath(bound.point, Y_BAR), bound, Y_BAR)["W"]


def accumulated(leave, before):
    return resolved(leave, before, Source(kind="place", key="dW"))


def add(layer, gradient):
    layer.dW = layer.dW + gradient


def add_in_place(layer, gradient):
    layer.dW += gradient


def overwrite(layer, gradient):
    layer.dW = gradient


def add_twice(layer, gradient):
    layer.dW = layer.dW + 2.0 * gradient


@pytest.mark.parametrize("leave", [add, add_in_place])
def test_a_place_that_is_added_to_is_recognised_by_its_growth(leave):
    assert accumulated(leave, np.ones((3, 2))).accumulates


@pytest.mark.parametrize(
    ("leave", "before"),
    [(overwrite, np.ones((3, 2))), (add, np.zeros((3, 2))), (overwrite, None)],
    ids=["overwritten", "nothing there before", "none before"],
)
def test_any_other_place_is_read_as_it_is(leave, before):
    assert not accumulated(leave, before).accumulates


@pytest.mark.parametrize("kind", ["returned", "update"])
def test_only_places_are_added_to(kind):
    source = Source(kind=kind, key=(1,))
    assert resolved(add, np.ones((3, 2)), source) is source


def test_a_wrong_gradient_that_is_added_is_recognised_as_well():
    assert accumulated(add_twice, np.ones((3, 2))).accumulates
