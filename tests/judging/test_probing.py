from __future__ import annotations

import numpy as np
import pytest

from gradcheck.judging.probing import (
    COTANGENTS,
    Probe,
    aligned,
    comparable,
    draw_cotangents,
    point_of,
    take,
    tangents,
)
from gradcheck.numerics import steps
from gradcheck.oracles import finite_difference
from gradcheck.types import Profile, Pullback, Role, Subject

X = np.array([[1.0, -2.0, 0.5], [0.3, 4.0, -1.0]])
SCALE = np.array([2.0, -1.0, 3.0])


class Backward:
    """The VJP of x * s, times a factor per primal; counts its calls."""

    def __init__(self, **factors):
        self.factors = {"x": 1.0, "s": 1.0, **factors}
        self.calls = 0

    def __call__(self, primals, y_bar):
        self.calls += 1
        return Pullback(
            gradients={
                "x": self.factors["x"] * y_bar * primals["s"],
                "s": self.factors["s"] * np.sum(y_bar * primals["x"], axis=0),
            }
        )


def subject_of(backward=None, **changes):
    backward = backward or Backward()

    def value(primals):
        return primals["x"] * primals["s"]

    primals = {"x": X, "s": SCALE}
    fields = {
        "name": "layers.py::Scale",
        "primals": primals,
        "roles": {"x": Role.INPUT, "s": Role.PARAMETER},
        "value": value,
        "value_and_vjp": lambda at: (value(at), lambda y_bar: backward(at, y_bar)),
        **changes,
    }
    return Subject(**fields)


@pytest.mark.parametrize(
    ("actual", "allowed", "masked", "disagrees"),
    [
        (1.0, 0.0, False, False),
        (1.1, 0.2, False, False),
        (1.1, 0.05, False, True),
        (np.nan, 1.0, False, True),
        (np.inf, 1.0, False, True),
        (9.0, 0.0, True, False),
    ],
)
def test_a_probe_disagrees_beyond_what_is_allowed_unless_it_is_masked(actual, allowed, masked, disagrees):
    assert Probe(expected=1.0, actual=actual, allowed=allowed, masked=masked).disagrees is disagrees


@pytest.mark.parametrize(
    ("expected", "allowed", "reference", "decides"),
    [
        (1.0, 1e-3, 0.0, True),
        (1.0, 0.5, 0.0, False),
        (0.0, 1e-9, 1.0, True),
        (0.0, 0.5, 1.0, False),
    ],
    ids=["well above", "swallowed", "zero beside a large neighbour", "zero beside a small neighbour"],
)
def test_a_probe_decides_where_the_allowed_error_is_small_beside_the_gradient_or_its_neighbours(
    expected, allowed, reference, decides
):
    assert Probe(expected=expected, actual=expected, allowed=allowed).decides(reference) is decides


def test_a_masked_probe_decides_nothing():
    assert not Probe(expected=1.0, actual=1.0, allowed=0.0, masked=True).decides(1.0)


def test_a_comparison_of_zero_with_zero_decides_nothing():
    assert not Probe(expected=0.0, actual=0.0, allowed=1e-15).decides(0.0)


@pytest.mark.parametrize("profile", Profile)
def test_there_are_as_many_cotangents_as_the_profile_pays_for_and_no_two_alike(profile):
    drawn = draw_cotangents(subject_of(), X * SCALE, 0, profile)
    assert len(drawn) == COTANGENTS[profile]
    assert len({v.tobytes() for v in drawn}) == len(drawn)
    assert all(v.shape == X.shape for v in drawn)
    assert all(np.any(v > 0.0) and np.any(v < 0.0) for v in drawn)


def test_the_only_cotangent_a_layer_takes_is_used():
    given = np.ones(())
    assert draw_cotangents(subject_of(cotangent=given), np.zeros(()), 0, Profile.THOROUGH) == [given]


def test_a_tangent_moves_the_primals_named_each_by_its_own_magnitude():
    drawn = tangents(subject_of(primals={"x": 1e6 * X, "s": 1e-6 * SCALE}), ["x", "s"], 0, "joint")
    assert {name: d.shape for name, d in drawn.items()} == {"x": X.shape, "s": SCALE.shape}
    assert 1e5 < steps.magnitude(drawn["x"]) < 1e8
    assert 1e-8 < steps.magnitude(drawn["s"]) < 1e-5


def test_tangents_of_the_same_seed_and_purpose_are_the_same_and_others_are_not():
    one, same, other, purpose = (
        tangents(subject_of(), ["x"], seed, what)["x"]
        for seed, what in ((0, "joint"), (0, "joint"), (1, "joint"), (0, "alone"))
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, purpose)


@pytest.mark.parametrize(
    ("gradient", "shape"),
    [
        (np.ones((2, 3)), (2, 3)),
        (np.ones((1, 3)), (3,)),
        (np.ones((3,)), (1, 3)),
        (np.ones((2, 1, 3)), (2, 3)),
        (np.ones(()), (1,)),
        (np.ones((2, 3), dtype=np.float32), (2, 3)),
        (np.ones((2, 3), dtype=np.int64), (2, 3)),
    ],
    ids=lambda value: f"{value.shape} {value.dtype}" if isinstance(value, np.ndarray) else str(value),
)
def test_a_gradient_is_compared_where_only_axes_of_length_one_differ(gradient, shape):
    found = aligned(gradient, np.zeros(shape))
    assert found is not None
    assert (found.shape, found.dtype) == (shape, np.float64)


@pytest.mark.parametrize(
    ("gradient", "shape"),
    [
        (np.ones((3, 2)), (2, 3)),
        (np.ones((3,)), (2, 3)),
        (np.ones(6), (2, 3)),
        (np.array([1.0, np.nan]), (2,)),
        (np.array([1.0, np.inf]), (2,)),
        (np.array([None, 1.0], dtype=object), (2,)),
    ],
    ids=["transposed", "not broadcast", "flat", "nan", "infinite", "objects"],
)
def test_a_gradient_of_another_shape_or_without_finite_values_is_not_compared(gradient, shape):
    assert aligned(gradient, np.zeros(shape)) is None


def test_only_comparable_gradients_are_kept():
    gradients = {"x": np.ones((3, 2)), "s": np.ones((1, 3))}
    assert list(comparable(Pullback(gradients=gradients), subject_of())) == ["s"]


def test_a_point_costs_one_backward_and_knows_the_precision_of_each_gradient():
    backward = Backward()
    point = point_of(subject_of(backward), 0, Profile.DEFAULT)
    assert backward.calls == 1
    assert set(point.gradients[0]) == {"x", "s"}
    assert len(point.cotangents) == COTANGENTS[Profile.DEFAULT]
    assert point.precision == {"x": np.finfo(np.float64).eps, "s": np.finfo(np.float64).eps}


def test_the_precision_of_a_narrow_gradient_is_that_of_its_dtype():
    def value_and_vjp(at):
        return at["x"] * at["s"], lambda y_bar: Pullback(gradients={"x": (y_bar * SCALE).astype(np.float32)})

    point = point_of(subject_of(value_and_vjp=value_and_vjp), 0, Profile.FAST)
    assert point.precision["x"] == np.finfo(np.float32).eps
    _, rows = take(point, [tangents(point.subject, ["x"], 0, "alone")], finite_difference.ORACLE)
    assert not rows[0][0].disagrees
    assert rows[0][0].allowed > np.finfo(np.float32).eps * abs(rows[0][0].expected)


@pytest.mark.parametrize(
    ("factors", "seen"),
    [({}, []), ({"x": 1.001}, ["x", "joint"]), ({"s": -1.0}, ["s", "joint"])],
    ids=["right", "x wrong", "s wrong"],
)
def test_a_wrong_gradient_is_seen_by_the_directions_that_move_it(factors, seen):
    subject = subject_of(Backward(**factors))
    directions = {
        "x": tangents(subject, ["x"], 0, "alone"),
        "s": tangents(subject, ["s"], 0, "alone"),
        "joint": tangents(subject, ["x", "s"], 0, "joint"),
    }
    point = point_of(subject, 0, Profile.DEFAULT)
    _, rows = take(point, list(directions.values()), finite_difference.ORACLE)
    assert [name for name, row in zip(directions, rows, strict=True) if any(p.disagrees for p in row)] == seen
    assert [len(row) for row in rows] == [2, 2, 2]


def test_backward_is_called_once_for_each_cotangent():
    backward = Backward()
    subject = subject_of(backward)
    point = point_of(subject, 0, Profile.THOROUGH)
    take(point, [tangents(subject, ["x", "s"], 0, "joint")], finite_difference.ORACLE)
    assert backward.calls == COTANGENTS[Profile.THOROUGH]


def test_a_direction_whose_gradient_is_missing_decides_nothing():
    def value_and_vjp(at):
        return at["x"] * at["s"], lambda y_bar: Pullback(gradients={"x": y_bar * SCALE}, absent={"s": "None"})

    subject = subject_of(value_and_vjp=value_and_vjp)
    point = point_of(subject, 0, Profile.FAST)
    _, rows = take(point, [tangents(subject, ["s"], 0, "alone")], finite_difference.ORACLE)
    assert rows[0][0].masked


def test_what_reading_a_gradient_rounds_away_is_allowed():
    def value_and_vjp(at):
        gradients = {"x": y_bar_of(at) + 1e-3, "s": np.sum(at["x"], axis=0)}
        return at["x"] * at["s"], lambda _: Pullback(gradients=gradients, rounding={"x": 1e-3})

    def y_bar_of(at):
        return np.broadcast_to(at["s"], at["x"].shape)

    subject = subject_of(value_and_vjp=value_and_vjp, cotangent=np.ones(X.shape))
    point = point_of(subject, 0, Profile.FAST)
    _, rows = take(point, [tangents(subject, ["x"], 0, "alone")], finite_difference.ORACLE)
    assert not rows[0][0].disagrees
