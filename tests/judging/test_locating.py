from __future__ import annotations

import numpy as np
import pytest

from gradcheck.judging.locating import ENTIRE, Located, examine, worst
from gradcheck.judging.probing import point_of, take, tangents
from gradcheck.numerics import sampling
from gradcheck.numerics.locate import MOST_ENTRIES, MOST_FORWARDS
from gradcheck.oracles import finite_difference
from gradcheck.types import Mismatch, Profile, Pullback, Role, Subject

#: Forwards of a second opinion, near and far.
SECOND_OPINION = 34


class Elementwise:
    """y = sin(x) summed over rows, with errors planted in some entries of its VJP; counts forwards."""

    def __init__(self, shape, errors, factor=1.0):
        self.x = sampling.gaussian(np.random.default_rng(0), shape)
        self.errors = errors
        self.factor = factor
        self.forwards = 0

    def value(self, primals):
        self.forwards += 1
        return np.sum(np.sin(primals["x"]), axis=1)

    def value_and_vjp(self, primals):
        def vjp(y_bar):
            gradient = self.factor * y_bar[:, None] * np.cos(primals["x"])
            for index, error in self.errors.items():
                gradient[index] += error
            return Pullback(gradients={"x": gradient})

        return self.value(primals), vjp

    def suspicion(self):
        """The point and the probe that disagrees, as the judge hands them over."""
        subject = Subject(
            name="layers.py::Layer",
            primals={"x": self.x},
            roles={"x": Role.INPUT},
            value=self.value,
            value_and_vjp=self.value_and_vjp,
        )
        direction = tangents(subject, ["x"], 0, "joint")
        point, rows = take(point_of(subject, 0, Profile.DEFAULT), [direction], finite_difference.ORACLE)
        self.forwards = 0
        return point, rows[0][0], direction["x"]

    def examined(self):
        point, probe, direction = self.suspicion()
        disagreeing = probe if probe.disagrees else None
        return examine(point, "x", 0, disagreeing, direction, finite_difference.ORACLE)


def test_an_array_of_two_thousand_entries_is_compared_entirely():
    layer = Elementwise((40, ENTIRE // 40), {(3, 7): 0.5, (39, 0): -2.0})
    found = layer.examined()
    assert len(found.indices) == ENTIRE
    assert [mismatch.where for mismatch in found.mismatches] == ["x[39, 0]", "x[3, 7]"]
    assert (found.wrong, found.complete, found.confirmed) == (2, True, True)


def test_a_mismatch_tells_expected_actual_and_allowed():
    layer = Elementwise((2, 3), {(1, 2): 0.25})
    worst_entry = layer.examined().mismatches[0]
    point, _, _ = layer.suspicion()
    truth = float((point.cotangents[0][:, None] * np.cos(layer.x))[1, 2])
    assert worst_entry.expected == pytest.approx(truth, abs=1e-9)
    assert worst_entry.actual == pytest.approx(truth + 0.25, abs=1e-12)
    assert 0.0 < worst_entry.allowed < 1e-6


@pytest.mark.parametrize("entry", [(0, 0), (31, 64), (50, 0), (99, 99)], ids=str)
def test_one_wrong_entry_among_ten_thousand_is_found_in_at_most_a_hundred_forwards(entry):
    layer = Elementwise((100, 100), {entry: 0.5})
    found = layer.examined()
    assert [mismatch.where for mismatch in found.mismatches] == [f"x[{entry[0]}, {entry[1]}]"]
    assert (found.wrong, found.complete, found.confirmed) == (1, True, True)
    assert layer.forwards <= 100


def test_a_small_error_in_one_entry_among_ten_thousand_is_found():
    found = Elementwise((100, 100), {(20, 30): 1e-3}).examined()
    assert [mismatch.where for mismatch in found.mismatches] == ["x[20, 30]"]
    assert found.confirmed


def test_a_handful_of_wrong_entries_among_ten_thousand_are_all_found():
    errors = {(i * 13 % 100, i * 29 % 100): 1.0 for i in range(1, 8)}
    found = Elementwise((100, 100), errors).examined()
    assert {mismatch.where for mismatch in found.mismatches} == {f"x[{i}, {j}]" for i, j in errors}
    assert found.complete


def test_one_factor_over_ten_thousand_entries_is_known_from_a_sample_and_a_direction_through_all():
    layer = Elementwise((100, 100), {}, factor=2.0)
    found = layer.examined()
    assert found.factor == pytest.approx(2.0)
    assert found.wrong == 10_000
    assert found.confirmed
    assert layer.forwards <= 4 * MOST_ENTRIES + SECOND_OPINION


def test_where_a_thousand_of_ten_thousand_entries_are_wrong_it_stops_in_time_and_says_at_least():
    layer = Elementwise((100, 100), {(row, 3 * column): 0.1 * (row + 1) for row in range(100) for column in range(10)})
    found = layer.examined()
    assert 1 <= found.wrong == len(found.mismatches) <= MOST_ENTRIES
    assert not found.complete
    assert found.confirmed
    assert layer.forwards <= MOST_FORWARDS + 2 * MOST_ENTRIES + SECOND_OPINION


def test_a_factor_is_found_where_every_entry_was_compared():
    assert Elementwise((10, 10), {}, factor=0.5).examined().factor == pytest.approx(0.5, abs=1e-9)
    assert Elementwise((10, 10), {(0, 0): 1.0}).examined().factor is None


def test_a_right_gradient_has_no_wrong_entry_and_no_second_opinion_against_it():
    found = Elementwise((10, 10), {}).examined()
    assert (found.wrong, found.mismatches, found.confirmed, found.factor) == (0, (), False, None)


def test_entries_whose_step_crosses_a_kink_are_not_counted_and_the_count_is_a_lower_bound():
    x = np.array([[1.0, 0.0, -1.0, 2.0]])

    def value(primals):
        return np.sum(np.maximum(primals["x"], 0.0), axis=1)

    def value_and_vjp(primals):
        def vjp(y_bar):
            return Pullback(gradients={"x": 2.0 * y_bar[:, None] * (primals["x"] > 0.0)})

        return value(primals), vjp

    subject = Subject(
        name="l.py::L", primals={"x": x}, roles={"x": Role.INPUT}, value=value, value_and_vjp=value_and_vjp
    )
    point = point_of(subject, 0, Profile.FAST)
    found = examine(point, "x", 0, None, np.ones((1, 4)), finite_difference.ORACLE)
    assert {mismatch.where for mismatch in found.mismatches} == {"x[0, 0]", "x[0, 3]"}
    assert (found.wrong, found.complete) == (2, False)


def test_the_worst_entries_of_several_gradients_come_first():
    def located(*differences):
        found = tuple(Mismatch(where=f"W[{i}]", expected=0.0, actual=d, allowed=0.0) for i, d in enumerate(differences))
        empty = np.zeros(0)
        return Located(
            name="x", k=0, indices=empty, expected=empty, actual=empty, allowed=empty, wrong=len(found), complete=True,
            mismatches=found, confirmed=True, factor=None,
        )  # fmt: skip

    assert [m.actual for m in worst([located(3.0, -1.0), located(-5.0, 2.0)])] == [-5.0, 3.0, 2.0, -1.0]
    assert len(worst([located(*range(1, 16)), located(*range(1, 16))])) == 20
