"""Every number here is a dyadic rational that float64 holds exactly, so the assertions are equalities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.numerics.stencils import EVALUATIONS, LEVELS, Stencil, evaluate, richardson

STEPS = st.sampled_from([1.0, 0.5, 0.25, 0.125])


def polynomials(degree):
    return st.lists(st.integers(-50, 50), min_size=degree + 1, max_size=degree + 1)


def stencil_of(coefficients, step):
    """The stencil of c0 + c1 t + c2 t^2 + ..., whose derivative at 0 is c1."""

    def along(t):
        return np.array([sum(c * t**k for k, c in enumerate(coefficients))])

    return evaluate(along, step, along(0.0))


@settings(derandomize=True, database=None, deadline=None)
@given(coefficients=polynomials(2), step=STEPS)
def test_the_central_difference_is_exact_on_polynomials_of_degree_two(coefficients, step):
    stencil = stencil_of(coefficients, step)
    assert [float(stencil.difference(level)[0]) for level in range(len(LEVELS))] == [coefficients[1]] * len(LEVELS)


@settings(derandomize=True, database=None, deadline=None)
@given(coefficients=polynomials(4), step=STEPS)
def test_the_extrapolated_difference_is_exact_on_polynomials_of_degree_four(coefficients, step):
    stencil = stencil_of(coefficients, step)
    assert float(stencil.derivative()[0]) == coefficients[1]
    assert float(stencil.truncation()[0]) == 0.0


@settings(derandomize=True, database=None, deadline=None)
@given(coefficients=polynomials(6), step=STEPS)
def test_the_truncation_difference_is_fifteen_times_the_error_on_polynomials_of_degree_six(coefficients, step):
    stencil = stencil_of(coefficients, step)
    error = coefficients[1] - float(stencil.derivative()[0])
    assert float(stencil.truncation()[0]) == 15.0 * error
    assert error == coefficients[5] * step**4 / 64.0


@settings(derandomize=True, database=None, deadline=None)
@given(coefficients=polynomials(8), step=STEPS)
def test_the_second_difference_is_twice_the_even_part(coefficients, step):
    stencil = stencil_of(coefficients, step)
    for level, share in enumerate(LEVELS):
        even = sum(c * (step * share) ** k for k, c in enumerate(coefficients) if k and k % 2 == 0)
        assert float(stencil.second_difference(level)[0]) == 2.0 * even


@settings(derandomize=True, database=None, deadline=None)
@given(coefficients=polynomials(4), step=STEPS)
def test_the_fourth_difference_sees_only_the_fourth_derivative(coefficients, step):
    stencil = stencil_of(coefficients, step)
    assert float(stencil.fourth_difference()[0]) == 24.0 * coefficients[4] * (step / 4.0) ** 4


def test_the_central_difference_alone_is_not_exact_on_a_cube():
    assert float(stencil_of([0, 0, 0, 1], 0.5).difference(0)[0]) == 0.25


def test_a_stencil_costs_six_evaluations_at_three_levels_on_both_sides():
    asked = []
    evaluate(lambda t: asked.append(t) or np.zeros(1), 0.5, np.zeros(1))
    assert len(asked) == EVALUATIONS
    assert sorted(asked) == [-0.5, -0.25, -0.125, 0.125, 0.25, 0.5]


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 4), (0,)], ids=str)
def test_every_quantity_has_the_shape_of_the_output(shape):
    slope = np.arange(np.prod(shape, dtype=int), dtype=float).reshape(shape)
    stencil = evaluate(lambda t: slope * t, 0.5, np.zeros(shape))
    for quantity in (
        stencil.derivative(),
        stencil.truncation(),
        stencil.second_difference(0),
        stencil.fourth_difference(),
        stencil.magnitude(),
    ):
        assert quantity.shape == shape
    assert np.array_equal(stencil.derivative(), slope)


def test_the_magnitude_is_the_largest_value_met_per_output():
    values = [np.array([v, -1.0]) for v in (1.0, 2.0, 3.0)]
    stencil = Stencil(
        step=1.0,
        base=np.array([-9.0, 0.0]),
        plus=tuple(values),
        minus=(np.array([0.0, 7.0]), *values[1:]),
    )
    assert stencil.magnitude().tolist() == [9.0, 7.0]


def test_extrapolation_cancels_the_error_of_second_order():
    assert float(richardson(np.array(1.0 + 4.0 * 0.25), np.array(1.0 + 0.25))) == 1.0
