from __future__ import annotations

import itertools

import numpy as np
import pytest

from gradcheck.checks.determinism import CHECK
from gradcheck.types import Case, Context, Outcome, Profile, Pullback, Role, Subject

X = np.arange(12.0).reshape(4, 3) / 10.0


def examined(value=None, backward=None, **fields):
    """Determinism of y = x w, whose forward and backward may be exchanged; `backward` is y_bar -> Pullback."""
    value = value or (lambda: X * 2.0)
    backward = backward or (lambda y_bar: Pullback(gradients={"x": 2.0 * y_bar, "w": np.sum(X * y_bar)}))
    subject = Subject(
        name="layers.py::Scale",
        primals={"x": X, "w": np.array(2.0)},
        roles={"x": Role.INPUT, "w": Role.PARAMETER},
        value=lambda _: value(),
        value_and_vjp=lambda _: (value(), backward),
        **fields,
    )
    case = Case(layer="layers.py::Scale", construction="Scale(2.0)", inputs="x (4, 3)", seed=0, subject=subject)
    return CHECK.examine(Context(case=case, profile=Profile.DEFAULT, oracles={}))


def changing(*names):
    return lambda y_bar: Pullback(gradients={"x": 2.0 * y_bar}, changed=names)


def test_the_same_answer_to_the_same_call_passes_and_is_counted():
    result = examined()
    assert (result.outcome, result.compared) == (Outcome.PASSED, 3)
    assert result.headline == "Scale: same call, same answer"
    assert result.warnings == ()


def test_a_forward_that_counts_its_calls_fails():
    calls = itertools.count()
    result = examined(value=lambda: X * 2.0 + next(calls))
    assert result.outcome is Outcome.FAILED
    assert result.headline == "Scale: forward gives two answers to the same call"
    assert len(result.mismatches) == 12
    assert result.mismatches[0].where.startswith("output[")


def test_a_forward_whose_shape_changes_fails():
    shapes = itertools.cycle([(4, 3), (2, 3)])
    assert examined(value=lambda: np.ones(next(shapes))).outcome is Outcome.FAILED


def test_a_backward_that_adds_to_what_outlives_it_fails():
    total = np.zeros(())

    def backward(y_bar):
        total[...] += np.sum(X * y_bar)
        return Pullback(gradients={"x": 2.0 * y_bar, "w": total.copy()})

    result = examined(backward=backward)
    assert result.outcome is Outcome.FAILED
    assert result.headline == "Scale: backward gives two gradients of `w` to the same call"
    assert [mismatch.where for mismatch in result.mismatches] == ["w"]


def test_a_difference_in_the_last_place_is_none():
    factors = itertools.cycle([1.0, 1.0 + np.finfo(np.float64).eps])
    assert examined(value=lambda: X * next(factors)).outcome is Outcome.PASSED


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_the_same_value_that_is_not_finite_twice_is_no_difference(bad):
    assert examined(value=lambda: np.array([bad, 1.0])).outcome is Outcome.PASSED


def test_a_value_that_is_finite_only_once_is_a_difference():
    values = itertools.cycle([np.array([1.0, 2.0]), np.array([np.nan, 2.0])])
    result = examined(value=lambda: next(values))
    assert result.outcome is Outcome.FAILED
    assert [mismatch.where for mismatch in result.mismatches] == ["output[0]"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("x", "input `x`"),
        ("upstream gradient", "upstream gradient"),
        ("w", "`w` is another after backward than before"),
    ],
)
def test_a_call_that_changes_what_it_was_given_is_warned_of_and_passes(name, told):
    result = examined(backward=changing(name))
    assert (result.outcome, len(result.warnings)) == (Outcome.PASSED, 1)
    assert told in result.warnings[0]


def test_a_layer_that_updates_its_weights_in_backward_is_not_warned_of_them():
    result = examined(backward=changing("w", "x"), updates_parameters=True)
    assert len(result.warnings) == 1
    assert "`x`" in result.warnings[0]


def test_a_backward_that_raises_is_left_to_the_contract():
    result = examined(backward=lambda y_bar: {}[y_bar.shape])
    assert (result.outcome, result.compared) == (Outcome.PASSED, 1)
    assert result.headline == "Scale: forward repeats; backward raises KeyError, see contract"


def test_a_gradient_of_another_shape_is_left_to_the_contract():
    result = examined(backward=lambda y_bar: Pullback(gradients={"x": np.ones(5)}))
    assert (result.outcome, result.compared) == (Outcome.PASSED, 1)
