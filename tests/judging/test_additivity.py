"""What has no derivative is not mistaken for a slope, what has one is."""

from __future__ import annotations

import numpy as np
import pytest

import gradcheck
from gradcheck.judging.additivity import departures
from gradcheck.numerics import sampling
from gradcheck.types import Outcome, Role, Subject


def departing(function, x, direction):
    subject = Subject(
        name="layers.py::Function",
        primals={"x": x},
        roles={"x": Role.INPUT},
        value=lambda primals: function(primals["x"]),
        value_and_vjp=lambda primals: (function(primals["x"]), None),
    )
    return departures(subject, "x", direction, function(x), 0)


def one(shape, index):
    direction = np.zeros(shape)
    direction[index] = 1.0
    return direction


def drawn(*shape):
    return sampling.gaussian(np.random.default_rng(1), shape)


def normalised(x):
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e3])
@pytest.mark.parametrize("function", [np.sin, np.exp, lambda x: np.cumsum(x * x, axis=1), normalised])
def test_a_smooth_output_is_never_marked(function, scale):
    x = drawn(4, 6)
    assert not np.any(departing(lambda at: function(at / scale), scale * x, scale * one(x.shape, (1, 2))))


def test_the_median_of_tied_entries_is_marked_and_its_neighbours_are_not():
    x = drawn(4, 6)
    x[2] = 0.25
    marked = departing(lambda at: np.median(at, axis=1), x, one(x.shape, (2, 3)))
    assert marked.tolist() == [False, False, True, False]


def test_a_direction_of_unit_length_has_no_slope_at_zero():
    x = drawn(4, 6)
    x[2] = 0.0
    assert np.all(departing(normalised, x, one(x.shape, (2, 3)))[2])


def test_a_root_has_no_slope_at_zero():
    x = drawn(3, 2)
    x[0, 0] = 0.0
    marked = departing(lambda at: np.sign(at) * np.abs(at) ** 0.3, x, one(x.shape, (0, 0)))
    assert np.argwhere(marked).tolist() == [[0, 0]]


def test_a_tie_that_moves_on_one_side_only_is_marked():
    x = drawn(6, 5)
    x[:, 1:4] = 0.5
    assert np.all(departing(lambda at: np.median(at[:, 1:4], axis=1), x, one(x.shape, (slice(None), 2))))


class Median:
    """The mean of the two middle entries of each row; `factor` times its gradient."""

    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        self.order = np.argsort(x, axis=-1, kind="stable")
        return np.median(x, axis=-1)

    def backward(self, dout):
        dx = np.zeros(self.order.shape)
        middle = self.order[:, self.order.shape[1] // 2 - 1 : self.order.shape[1] // 2 + 1]
        np.put_along_axis(dx, middle, self.factor * dout[:, None] / 2, axis=-1)
        return dx


def gradient_of(factor):
    x = drawn(4, 6)
    x[2] = 0.25
    return next(r for r in gradcheck.check_layer(Median(factor), x).results if r.check == "gradient")


def test_a_right_median_is_not_failed_where_one_row_is_tied():
    assert gradient_of(1.0).outcome is not Outcome.FAILED


def test_a_wrong_median_is_failed_by_the_rows_that_are_not_tied():
    assert gradient_of(2.0).outcome is Outcome.FAILED
