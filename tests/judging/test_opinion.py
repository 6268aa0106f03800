from __future__ import annotations

import numpy as np
import pytest

from gradcheck.judging import opinion
from gradcheck.judging.opinion import Verdict
from gradcheck.judging.probing import point_of
from gradcheck.numerics import sampling
from gradcheck.oracles import finite_difference
from gradcheck.types import Profile, Pullback, Role, Subject

#: Forwards of three stencils along the disagreement, and of eight pairs that tell whether it has a slope.
MOST_FORWARDS = 34


class Sine:
    """y = sin(x) summed over rows, with an error planted in one entry of its VJP; counts forwards."""

    def __init__(self, shape, index, error):
        self.x = sampling.gaussian(np.random.default_rng(0), shape)
        self.index, self.error, self.forwards = index, error, 0

    def value(self, primals):
        self.forwards += 1
        return np.sum(np.sin(primals["x"]), axis=1)

    def value_and_vjp(self, primals):
        def vjp(y_bar):
            gradient = y_bar[:, None] * np.cos(primals["x"])
            gradient[self.index] += self.error
            return Pullback(gradients={"x": gradient})

        return self.value(primals), vjp

    def asked(self, index, size):
        subject = Subject(
            name="layers.py::Sine",
            primals={"x": self.x},
            roles={"x": Role.INPUT},
            value=self.value,
            value_and_vjp=self.value_and_vjp,
        )
        disagreement = np.zeros(self.x.shape)
        disagreement[index] = size
        point = point_of(subject, 0, Profile.DEFAULT)
        self.forwards = 0
        return opinion.ask(point, "x", disagreement, 0, finite_difference.ORACLE)


@pytest.mark.parametrize("error", [1e-1, 1e-4, 1e-7])
def test_an_error_is_confirmed_where_it_is(error):
    assert Sine((100, 100), (7, 7), error).asked((7, 7), error).verdict is Verdict.CONFIRMED


def test_an_error_claimed_elsewhere_is_refuted():
    assert Sine((100, 100), (7, 7), 1e-4).asked((8, 8), 1e-4).verdict is Verdict.REFUTED


def test_an_error_below_the_rounding_of_forward_is_not_seen():
    assert Sine((100, 100), (7, 7), 1e-14).asked((7, 7), 1e-14).verdict is Verdict.UNSEEN


def test_no_disagreement_is_nothing_to_confirm():
    assert Sine((5, 5), (1, 1), 0.1).asked((1, 1), 0.0).verdict is Verdict.UNSEEN


def test_a_confirmation_costs_three_stencils_and_eight_pairs():
    layer = Sine((5, 5), (1, 1), 0.1)
    assert layer.asked((1, 1), 0.1).verdict is Verdict.CONFIRMED
    assert layer.forwards == MOST_FORWARDS
