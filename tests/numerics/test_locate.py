from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.numerics.locate import MOST_ENTRIES, MOST_FORWARDS, bisect


class Residual:
    """<actual - expected, u> over a set of entries; counts the forwards its real counterpart would take."""

    def __init__(self, size, wrong, noise=0.0):
        self.difference = np.zeros(size)
        self.difference[list(wrong)] = np.random.default_rng(0).uniform(0.5, 2.0, len(wrong))
        self.noise = noise
        self.forwards = 0
        self.whole = float(np.sum(self.difference))

    def __call__(self, indices):
        self.forwards += 2
        return float(np.sum(self.difference[indices])) + self.noise * math.sin(float(np.sum(indices)))


@settings(derandomize=True, database=None, deadline=None)
@given(size=st.integers(1, 5000), data=st.data())
def test_every_wrong_entry_is_found_and_no_other(size, data):
    wrong = data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=min(size, MOST_ENTRIES)))
    residual = Residual(size, sorted(wrong))
    found = bisect(residual, size, residual.whole, 1e-9)
    assert found.indices.tolist() == sorted(wrong)
    assert found.complete
    assert found.forwards == residual.forwards


@pytest.mark.parametrize("position", [0, 1, 4999, 5000, 7777, 9999])
def test_one_wrong_entry_among_ten_thousand_costs_two_forwards_a_halving(position):
    residual = Residual(10_000, [position])
    found = bisect(residual, 10_000, residual.whole, 1e-9)
    assert found.indices.tolist() == [position]
    assert residual.forwards <= 2 * math.ceil(math.log2(10_000))


def test_the_right_half_is_never_asked_for():
    asked = []

    def residual(indices):
        asked.append((int(indices[0]), int(indices[-1])))
        return 1.0 if 5 in indices else 0.0

    bisect(residual, 8, 1.0, 1e-9)
    assert asked == [(0, 3), (4, 5), (4, 4)]


def test_rounding_below_what_is_allowed_leads_nowhere():
    residual = Residual(4096, [123, 4000], noise=1e-7)
    found = bisect(residual, 4096, residual.whole, 1e-5)
    assert found.indices.tolist() == [123, 4000]
    assert found.complete


def test_sixteen_entries_are_all_told_and_a_seventeenth_makes_it_at_least_sixteen():
    exactly = Residual(3000, range(0, 1600, 100))
    assert bisect(exactly, 3000, exactly.whole, 1e-9).complete
    more = Residual(3000, range(0, 1700, 100))
    found = bisect(more, 3000, more.whole, 1e-9)
    assert len(found.indices) == MOST_ENTRIES
    assert not found.complete


def test_it_stops_at_four_hundred_forwards_and_says_that_there_may_be_more():
    residual = Residual(1 << 20, range(0, 1 << 20, 1 << 15))
    found = bisect(residual, 1 << 20, residual.whole, 1e-9, most_entries=10**9)
    assert residual.forwards == found.forwards == MOST_FORWARDS
    assert not found.complete
    assert set(found.indices.tolist()) <= set(range(0, 1 << 20, 1 << 15))


def test_the_largest_error_is_found_first():
    difference = np.zeros(1000)
    difference[[10, 500, 900]] = 1.0, 100.0, 10.0
    found = bisect(lambda indices: float(np.sum(difference[indices])), 1000, 111.0, 1e-9, most_entries=1)
    assert found.indices.tolist() == [500]
    assert not found.complete
