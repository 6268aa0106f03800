from __future__ import annotations

import numpy as np
import pytest

from gradcheck.judging.factors import advice, describe, dimension_names, mean_over
from gradcheck.types import Outcome, Pullback, Quantity, Role, Subject


def subject(**shapes):
    primals = {name: np.zeros(shape) for name, shape in shapes.items()}
    return Subject(
        name="layers.py::Linear",
        primals=primals,
        roles={name: Role.INPUT if name in {"x", "h"} else Role.PARAMETER for name in primals},
        value=lambda _: np.zeros(1),
        value_and_vjp=lambda _: (np.zeros(1), lambda _: Pullback(gradients={})),
    )


LINEAR = subject(x=(4, 8), W=(8, 5), b=(5,))


def quantity(name, factor, wrong=1):
    role = LINEAR.roles[name]
    shape = LINEAR.primals[name].shape
    outcome = Outcome.FAILED if wrong else Outcome.PASSED
    return Quantity(name=name, role=role, shape=shape, dtype="float64", outcome=outcome, factor=factor, wrong=wrong)


@pytest.mark.parametrize(
    ("factor", "told"),
    [
        (-1.0, "actual = -expected: the sign is wrong"),
        (0.0, "actual is zero"),
        (0.25, "actual = expected / 4, the batch size"),
        (4.0, "actual = 4 * expected, 4 is the batch size"),
        (0.125, "actual = expected / 8, x.shape[1]"),
        (1.0 / 32.0, "actual = expected / 32, x.size"),
        (2.0, "actual = 2 * expected"),
        (0.5, "actual = 1/2 * expected"),
        (-2.0, "actual = -2 * expected"),
        (-0.5, "actual = -1/2 * expected"),
        (1.001, "actual = 1.001 * expected"),
        (0.8, "actual = 0.8 * expected"),
    ],
)
def test_a_factor_is_named_after_what_it_is(factor, told):
    assert describe(factor, LINEAR) == told
    assert describe(factor * (1.0 + 1e-7), LINEAR) == told


@pytest.mark.parametrize(
    ("factor", "told"),
    [
        (-1.0, "a sign may be flipped"),
        (0.0, "it may never be written"),
        (0.25, "a mean may stand where a sum belongs, over the batch size"),
        (4.0, "a sum may stand where a mean belongs, over the batch size"),
        (0.5, "the 2 of a square's derivative may be missing"),
        (2.0, "a 2 may be one too many, or a half missing"),
        (0.8, "a constant of forward may be missing in backward, or one too many"),
    ],
)
def test_advice_says_what_a_factor_may_come_from(factor, told):
    assert advice(factor, LINEAR) == told


def test_a_factor_of_two_is_not_called_the_batch_size_where_the_batch_has_two_rows():
    assert describe(2.0, subject(x=(2, 3))) == "actual = 2 * expected"


def test_the_sizes_of_parameters_are_no_explanation_and_those_of_length_one_neither():
    assert dimension_names(subject(x=(4, 1), W=(1, 7))) == {4: "the batch size"}


def test_the_batch_comes_first_where_two_sizes_are_the_same():
    assert dimension_names(subject(x=(4, 4)))[4] == "the batch size"


def test_a_vector_has_no_batch():
    assert dimension_names(subject(x=(6,))) == {6: "x.shape[0]"}


def test_the_same_division_of_every_parameter_by_a_size_of_the_input_is_a_mean():
    assert mean_over([quantity("x", None, 0), quantity("W", 0.25), quantity("b", 0.25)], LINEAR) == 4


@pytest.mark.parametrize(
    "quantities",
    [
        [quantity("x", None, 0), quantity("W", 0.25), quantity("b", 0.125)],
        [quantity("x", None, 0), quantity("W", 0.25), quantity("b", None, 0)],
        [quantity("x", 0.25, 32), quantity("W", 0.25), quantity("b", 0.25)],
        [quantity("x", None, 0), quantity("W", -0.25), quantity("b", -0.25)],
        [quantity("x", None, 0), quantity("W", 4.0), quantity("b", 4.0)],
        [quantity("x", None, 0), quantity("W", 1.0 / 7.0), quantity("b", 1.0 / 7.0)],
        [quantity("x", None, 0)],
        [],
    ],
    ids=[
        "another factor on b",
        "b is right",
        "x is wrong as well",
        "the sign is wrong",
        "multiplied",
        "no size of the input",
        "no parameters",
        "nothing",
    ],
)
def test_nothing_else_is_a_mean(quantities):
    assert mean_over(quantities, LINEAR) is None
