"""Backwards that are no derivative on purpose are recognised by experiment, for any layer."""

import numpy as np
import pytest

from gradcheck.cases.declaring.expectations import CLIPPING, REVERSAL, SCALING, STRAIGHT_THROUGH
from gradcheck.cases.declaring.intents import intent_of
from gradcheck.types import Pullback, Role, Subject

X = np.array([[0.31, -1.27, 0.72], [1.44, 0.23, -0.58]])


def subject(value, backward):
    return Subject(
        name="layers.py::Made",
        primals={"x": X},
        roles={"x": Role.INPUT},
        value=lambda primals: value(primals["x"]),
        value_and_vjp=lambda primals: (
            value(primals["x"]),
            lambda y_bar: Pullback(gradients={"x": backward(primals["x"], y_bar)}),
        ),
    )


@pytest.mark.parametrize(
    ("value", "backward", "word"),
    [
        (np.round, lambda x, g: g, STRAIGHT_THROUGH),
        (np.sign, lambda x, g: g * (np.abs(x) <= 1.0), STRAIGHT_THROUGH),
        (lambda x: (x > 0.0) * 1.0, lambda x, g: g / (1.0 + np.abs(x)) ** 2, STRAIGHT_THROUGH),
        (lambda x: x + 0.0, lambda x, g: -0.5 * g, REVERSAL),
        (lambda x: x + 0.0, lambda x, g: 0.1 * g, SCALING),
        (lambda x: x + 0.0, lambda x, g: np.clip(g, -0.1, 0.1), CLIPPING),
    ],
)
def test_an_intent_has_its_word(value, backward, word):
    assert intent_of(subject(value, backward), 0).word == word


@pytest.mark.parametrize(
    ("value", "backward"),
    [
        (lambda x: x + 0.0, lambda x, g: g),
        (lambda x: x + 0.0, lambda x, g: g * x),
        (lambda x: 2.0 * x, lambda x, g: g),
        (np.sin, lambda x, g: g),
        (np.round, lambda x, g: g.sum() * np.ones_like(g)),
        (np.round, lambda x, g: 0.0 * g),
        (lambda x: 0.0 * x, lambda x, g: g),
        (lambda x: 1.0 / (1.0 + np.exp(-150.0 * x)), lambda x, g: 150.0 * g * np.exp(-150.0 * np.abs(x))),
    ],
    ids=["right", "own input", "factor", "wrong", "mixed", "zero", "constant", "saturated"],
)
def test_what_is_right_or_merely_wrong_has_none(value, backward):
    assert intent_of(subject(value, backward), 0) is None


def test_an_input_on_a_step_is_still_recognised():
    at_step = Subject(
        name="layers.py::Quantize",
        primals={"x": np.array([0.1, 0.5, 0.37, -0.62])},
        roles={"x": Role.INPUT},
        value=lambda primals: np.round(primals["x"] * 15) / 15,
        value_and_vjp=lambda primals: (
            np.round(primals["x"] * 15) / 15,
            lambda y_bar: Pullback(gradients={"x": y_bar}),
        ),
    )
    assert intent_of(at_step, 0).word == STRAIGHT_THROUGH


def test_a_bounded_forward_with_slope_inside_is_no_step():
    bounded = subject(lambda x: np.clip(x, -0.4, 0.4), lambda x, g: g)
    assert intent_of(bounded, 0) is None
