import itertools
import os

import numpy as np
import pytest

from gradcheck import TrainingSetup
from gradcheck.trials.observed import Observed
from gradcheck.trials.trial import Trial
from gradcheck.types import Outcome


def slope_of(loss, gradient, W, *, seed=0):
    """The comparison of one parameter's gradient, W, under loss(W) and gradient(W)."""
    setup = TrainingSetup(
        parameters={"W": W}, loss=lambda: loss(W), gradients=lambda: {"W": gradient(W)}, step=lambda: None
    )
    return Observed(Trial(setup, seed), 1).slope("W")


SMOOTH = {
    "square": (lambda W: float(np.sum(W**2)), lambda W: 2 * W),
    "exponential": (lambda W: float(np.sum(np.exp(W))), np.exp),
    "sine": (lambda W: float(np.sum(np.sin(3 * W))), lambda W: 3 * np.cos(3 * W)),
    "large offset": (lambda W: float(1e6 + np.sum(W**3)), lambda W: 3 * W**2),
    "absolute": (lambda W: float(np.sum(np.abs(W))), np.sign),
}


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("seed", range(5))
def test_a_right_gradient_is_never_called_wrong_and_its_error_lies_within_the_bound(name, dtype, seed):
    loss, gradient = SMOOTH[name]
    W = np.random.default_rng(seed).normal(size=50).astype(dtype)
    found = slope_of(loss, gradient, W, seed=seed)
    assert found.outcome is not Outcome.FAILED
    assert abs(found.measured - found.predicted) <= 3 * found.allowed


@pytest.mark.parametrize("name", ["square", "exponential", "sine", "absolute"])
@pytest.mark.parametrize("factor", [0.5, -1.0, 1.01])
def test_a_wrong_factor_is_found_in_float64(name, factor):
    loss, gradient = SMOOTH[name]
    W = np.random.default_rng(1).normal(size=50)
    assert slope_of(loss, lambda W: factor * gradient(W), W).outcome is Outcome.FAILED


def test_a_right_gradient_is_confirmed_in_three_forwards_and_one_to_see_that_it_repeats():
    # A counter that no snapshot puts back.
    calls, W = itertools.count(), np.random.default_rng(0).normal(size=1000)

    def loss(W):
        next(calls)
        return float(np.sum(W**2))

    assert slope_of(loss, lambda W: 2 * W, W).outcome is Outcome.PASSED
    assert next(calls) == 4


def test_a_gradient_that_is_right_where_it_is_not_zero_is_found():
    # Along itself alone it would predict the loss.
    def half(W):
        g = 2 * W
        g[::2] = 0
        return g

    W = np.random.default_rng(0).normal(size=50)
    assert slope_of(lambda W: float(np.sum(W**2)), half, W).outcome is Outcome.FAILED


def test_at_a_kink_every_slope_between_both_is_right():
    W = np.zeros(20)
    assert slope_of(lambda W: float(np.sum(np.maximum(W, 0))), np.zeros_like, W).outcome is not Outcome.FAILED


def test_a_loss_that_does_not_repeat_decides_nothing():
    W = np.ones(5)

    def noisy(W):
        # The operating system's own numbers: no snapshot puts them back.
        return float(np.sum(W**2)) + int.from_bytes(os.urandom(2), "big") * 1e-3

    assert slope_of(noisy, lambda W: 7 * W, W).outcome is Outcome.INCONCLUSIVE
