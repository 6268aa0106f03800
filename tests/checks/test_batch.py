from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradcheck.checks.batch import CHECK
from gradcheck.types import CheckResult, Outcome, Profile, Quantity, Role

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
INCONCLUSIVE, NOT_APPLICABLE = Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE
X = np.random.default_rng(5).standard_normal((4, 6))


@pytest.fixture
def examined(context_of):
    return lambda layer, *inputs, **fields: CHECK.examine(context_of(layer, *(inputs or (X,)), **fields))


class Dense:
    """y = x W, whose parameter gradient counts its rows as `weigh` says."""

    def __init__(self, weigh=lambda rows: 1.0):
        self.W = 0.3 * np.random.default_rng(1).standard_normal((6, 3))
        self.weigh = weigh

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.weigh(len(dout)) * self.x.T @ dout
        return dout @ self.W.T


def test_a_layer_that_treats_rows_apart_passes(examined):
    result = examined(Dense())
    assert result.outcome is PASSED
    assert result.headline == "Dense: the gradient of a batch is that of its rows"
    assert result.table == ("rows in another order have their gradients in that order",)


def test_the_fast_profile_leaves_the_order_alone(examined):
    assert examined(Dense(), profile=Profile.FAST).table == ()


def test_a_gradient_that_is_wrong_for_one_row_fails_and_names_the_batch(examined):
    result = examined(Dense(weigh=lambda rows: 0.5 if rows == 1 else 1.0))
    assert result.outcome is FAILED
    assert result.headline == "Dense: for a batch of 1 the gradient of `W` is wrong"
    assert result.mismatches[0].where.startswith("W[")


def test_a_parameter_gradient_divided_by_the_rows_throughout_is_a_convention(examined):
    assert examined(Dense(weigh=lambda rows: 1.0 / rows)).outcome is PASSED


def test_a_layer_that_mixes_its_rows_is_recognised(examined):
    class Centred:
        def forward(self, x):
            return x - x.mean(axis=0)

        def backward(self, dout):
            return dout - dout.mean(axis=0)

    result = examined(Centred())
    assert result.outcome is NOT_APPLICABLE
    assert result.headline == "forward mixes the rows of a batch, or takes no other"


@pytest.mark.parametrize("mean", [True, False])
def test_a_loss_of_one_answer_is_the_sum_or_the_mean_of_its_rows(examined, mean):
    class Loss:
        def forward(self, x):
            self.x = x
            return np.float64(np.sum(x**3) / (len(x) if mean else 1))

        def backward(self, dout):
            return dout * 3 * self.x**2 / (len(self.x) if mean else 1)

    assert examined(Loss()).outcome is PASSED


def test_a_single_row_is_no_batch(examined):
    assert examined(Dense(), X[:1]).outcome is NOT_APPLICABLE


def test_a_gradient_that_is_meant_otherwise_is_not_failed_for_being_so_at_another_batch(examined):
    """Weight decay inside backward: the sum over two parts has it twice."""
    decay = Quantity(name="W", role=Role.PARAMETER, shape=(6, 3), dtype="float64", outcome=INCONCLUSIVE)
    seen = CheckResult(
        check="gradient",
        layer="layers.py::Dense",
        outcome=INCONCLUSIVE,
        compared=1,
        headline="weight decay",
        quantities=(decay,),
    )
    result = examined(Dense(weigh=lambda rows: 1.0 if rows == 4 else 1.5), found=lambda name: seen)
    assert result.outcome is INCONCLUSIVE
    assert "finite differences do not find it wrong" in result.headline


def test_without_an_oracle_a_difference_is_no_failure(context_of):
    context = context_of(Dense(weigh=lambda rows: 0.5 if rows == 1 else 1.0), X)
    assert CHECK.examine(dataclasses.replace(context, oracles={})).outcome is INCONCLUSIVE
