from __future__ import annotations

import numpy as np
import pytest

from gradcheck.numerics.compare import MOST_MISMATCHES, SAME_FACTOR, common_factor, mismatches, where

EXPECTED = np.array([1.0, -2.0, 0.5, 4.0])
TIGHT = np.full(4, 1e-9)


@pytest.mark.parametrize(
    ("name", "flat", "shape", "written"),
    [
        ("W", 4, (3, 2), "W[2, 0]"),
        ("b", 3, (5,), "b[3]"),
        ("alpha", 0, (), "alpha"),
        ("grads['W']", 1, (2, 2), "grads['W'][0, 1]"),
    ],
)
def test_an_entry_is_named_as_a_person_writes_it(name, flat, shape, written):
    assert where(name, flat, shape) == written


def test_wrong_entries_come_worst_first_with_what_was_allowed():
    actual = EXPECTED + np.array([0.1, 0.0, -0.3, 0.2])
    allowed = np.array([1e-3, 1e-3, 1e-3, 0.25])
    found = mismatches("W", (2, 2), np.arange(4), EXPECTED, actual, allowed)
    assert [(m.where, m.expected, round(m.actual, 9), m.allowed) for m in found] == [
        ("W[1, 0]", 0.5, 0.2, 1e-3),
        ("W[0, 0]", 1.0, 1.1, 1e-3),
    ]


def test_an_error_of_exactly_what_is_allowed_is_no_mismatch():
    assert mismatches("b", (1,), np.arange(1), np.array([1.0]), np.array([1.5]), np.array(0.5)) == ()


def test_only_the_entries_compared_are_named():
    found = mismatches("W", (10, 10), np.array([37]), np.array([1.0]), np.array([2.0]), np.array([0.1]))
    assert [m.where for m in found] == ["W[3, 7]"]


@pytest.mark.parametrize("actual", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_a_mismatch(actual):
    found = mismatches("b", (2,), np.arange(2), np.array([1.0, 1.0]), np.array([1.0, actual]), np.array(1e-6))
    assert [m.where for m in found] == ["b[1]"]


def test_only_the_worst_are_carried():
    actual = np.arange(100.0)
    found = mismatches("b", (100,), np.arange(100), np.zeros(100), actual, np.array(0.5))
    assert len(found) == MOST_MISMATCHES
    assert found[0].where == "b[99]"


@pytest.mark.parametrize("factor", [-1.0, 0.0, 0.5, 2.0, 0.125, 1.001, -3.7])
def test_a_factor_common_to_all_entries_is_found(factor):
    assert common_factor(EXPECTED, factor * EXPECTED, TIGHT) == pytest.approx(factor, abs=1e-12)


@pytest.mark.parametrize(
    ("expected", "actual", "allowed"),
    [
        (EXPECTED, EXPECTED, TIGHT),
        (EXPECTED, EXPECTED * (1.0 + 0.5 * SAME_FACTOR), TIGHT),
        (EXPECTED, EXPECTED * np.array([2.0, 2.0, 2.0, 2.1]), TIGHT),
        (EXPECTED, EXPECTED + 0.5, TIGHT),
        (np.zeros(4), EXPECTED, TIGHT),
        (np.zeros(0), np.zeros(0), np.zeros(0)),
    ],
    ids=["equal", "equal but for rounding", "one entry differs", "an offset", "expected is zero", "nothing"],
)
def test_no_factor_is_claimed_where_none_explains_every_entry(expected, actual, allowed):
    assert common_factor(expected, actual, allowed) is None


def test_an_entry_below_the_allowed_error_need_not_show_the_factor():
    expected = np.array([1.0, 2.0, 1e-12])
    actual = np.array([0.25, 0.5, 0.0])
    assert common_factor(expected, actual, np.array(1e-9)) == pytest.approx(0.25, abs=1e-12)
