from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradcheck.judging.certificate import LARGE
from gradcheck.judging.exact import judge_entries
from gradcheck.judging.probing import point_of
from gradcheck.numerics import sampling
from gradcheck.oracles import finite_difference
from gradcheck.types import Exact, Oracle, Outcome, Profile, Pullback, Role, Subject

PASSED, FAILED, INCONCLUSIVE = Outcome.PASSED, Outcome.FAILED, Outcome.INCONCLUSIVE
#: Forwards of a second opinion: three stencils, and three more where only some outputs move.
SECOND_OPINION = 2 * 18 + 1


class Layer:
    """A function with the VJP under check and, beside it, the true one; counts forwards."""

    def __init__(self, value, true_vjp, vjp=None, **primals):
        self.true_vjp, self.vjp = true_vjp, vjp or true_vjp
        self._value = value
        self.primals = {name: np.asarray(x, dtype=np.float64) for name, x in primals.items()}
        self.forwards = 0

    def value(self, at):
        self.forwards += 1
        return np.asarray(self._value(**at), dtype=np.float64)

    def value_and_vjp(self, at):
        return self.value(at), lambda y_bar: Pullback(gradients=dict(self.vjp(y_bar, **at)))

    def subject(self):
        subject = Subject(
            name="layers.py::Layer",
            primals=self.primals,
            roles=dict.fromkeys(self.primals, Role.INPUT),
            value=self.value,
            value_and_vjp=self.value_and_vjp,
        )
        noise = finite_difference.measure_noise(subject, self.value(self.primals))
        self.forwards = 0
        return dataclasses.replace(subject, noise=noise)

    def judged(self, *, truth=None, refusal="", seed=0, profile=Profile.DEFAULT):
        known = truth or self.true_vjp

        def exact(_, primals, cotangents, y):
            if refusal:
                return Exact(refusal=refusal)
            assert y.shape == cotangents[0].shape
            return Exact(gradients=tuple(dict(known(v, **primals)) for v in cotangents))

        oracle = Oracle(
            name="truth",
            summary="the derivative by its formula",
            unavailable=lambda _: None,
            directional=finite_difference.directional,
            entries=finite_difference.entries,
            exact=exact,
        )
        with np.errstate(all="ignore"):
            point = point_of(self.subject(), seed, profile)
            self.forwards = 0
            return judge_entries(point, list(self.primals), oracle, finite_difference.ORACLE, seed, profile)


def gaussian(seed, *shape):
    return sampling.gaussian(np.random.default_rng([seed, 1]), shape)


def dense(rows=4, features=8, outputs=5, seed=0, scale=1.0, wrong=None):
    """tanh(x w); `wrong` maps the true gradient of w to the one under check."""

    def true(y_bar, x, w):
        back = y_bar * (1.0 - np.tanh(x @ w) ** 2)
        return {"x": back @ w.T, "w": x.T @ back}

    def actual(y_bar, x, w):
        given = true(y_bar, x, w)
        return {**given, "w": wrong(given["w"])} if wrong else given

    w = gaussian(seed + 1, features, outputs) / np.sqrt(features)
    return Layer(lambda x, w: np.tanh(x @ w), true, actual, x=scale * gaussian(seed, rows, features), w=w)


def off(index, factor):
    def wrong(gradient):
        changed = gradient.copy()
        changed[index] *= factor
        return changed

    return wrong


def outcomes(judgement):
    return {quantity.name: quantity.outcome for quantity in judgement.quantities}


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("scale", [1e-6, 1.0, 10.0, 1e3])
def test_right_gradients_are_never_failed_at_any_scale(scale, seed):
    assert FAILED not in outcomes(dense(seed=seed, scale=scale).judged(seed=seed)).values()


def test_every_entry_is_compared_for_two_stencils_of_forwards():
    layer = dense()
    judgement = layer.judged()
    assert outcomes(judgement) == {"x": PASSED, "w": PASSED}
    assert judgement.compared >= layer.primals["x"].size + layer.primals["w"].size
    assert layer.forwards == 2 * 6


def test_one_wrong_entry_is_named_and_the_other_gradient_passes():
    judgement = dense(wrong=off((3, 2), 1.001)).judged()
    assert outcomes(judgement) == {"x": PASSED, "w": FAILED}
    (located,) = judgement.located
    assert [m.where for m in located.mismatches] == ["w[3, 2]"]
    assert located.wrong == 1
    assert located.complete


def test_an_error_of_1e_7_in_one_entry_of_a_million_is_found():
    layer = dense(rows=8, features=1000, outputs=1000, wrong=off((123, 456), 1.0 + 1e-7))
    judgement = layer.judged()
    assert [m.where for m in judgement.located[0].mismatches] == ["w[123, 456]"]
    assert outcomes(judgement) == {"x": PASSED, "w": FAILED}
    assert layer.forwards <= 2 + 1 + SECOND_OPINION


def test_a_right_gradient_of_a_million_entries_costs_one_central_pair():
    layer = dense(rows=8, features=1000, outputs=1000)
    assert sum(x.size for x in layer.primals.values()) > LARGE
    assert set(outcomes(layer.judged()).values()) == {PASSED}
    assert layer.forwards == 2


def test_a_factor_that_explains_every_entry_is_told():
    judgement = dense(wrong=lambda gradient: 0.25 * gradient).judged()
    assert judgement.quantities[1].factor == pytest.approx(0.25)
    assert judgement.quantities[1].wrong == judgement.quantities[1].size


def test_a_refused_oracle_costs_no_forward_and_says_why():
    layer = dense()
    judgement = layer.judged(refusal="layers.py:7: float(x) leaves the graph")
    assert judgement.refusal == "layers.py:7: float(x) leaves the graph"
    assert judgement.quantities == ()
    assert layer.forwards == 0


def test_an_oracle_that_lost_a_branch_is_not_certified():
    layer = dense()

    def lost(y_bar, x, w):
        gradients = layer.true_vjp(y_bar, x=x, w=w)
        return {**gradients, "x": np.zeros_like(x)}

    assert "do not certify" in layer.judged(truth=lost).refusal


def test_an_oracle_wrong_in_one_small_entry_fails_no_right_layer():
    layer = dense(rows=8, features=1000, outputs=1000)

    def slightly_wrong(y_bar, x, w):
        gradients = layer.true_vjp(y_bar, x=x, w=w)
        return {**gradients, "w": off((1, 1), 1.0 + 1e-5)(gradients["w"])}

    judgement = layer.judged(truth=slightly_wrong)
    assert outcomes(judgement) == {"x": PASSED, "w": INCONCLUSIVE}
    assert "disagree with each other" in judgement.quantities[1].reason


def test_a_saturated_sigmoid_is_right_though_its_relative_error_is_one():
    x = np.array([[40.0, 37.5, -2.0], [0.5, -50.0, 36.9]])

    def sigmoid(x):
        return 1.0 / (1.0 + np.exp(-x))

    layer = Layer(
        sigmoid,
        lambda y_bar, x: {"x": y_bar * np.exp(-np.abs(x)) / (1.0 + np.exp(-np.abs(x))) ** 2},
        lambda y_bar, x: {"x": y_bar * sigmoid(x) * (1.0 - sigmoid(x))},
        x=x,
    )
    assert outcomes(layer.judged()) == {"x": PASSED}


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_any_value_between_the_one_sided_slopes_is_right_at_a_hidden_kink(at_zero):
    x = np.concatenate([[0.0], gaussian(0, 9)])

    def slopes(at):
        return lambda y_bar, x: {"x": y_bar * np.concatenate([[at], 2e9 * x[1:]])}

    def value(x):
        return np.sum(1e9 * x[1:] ** 2) + np.maximum(x[0], 0.0)

    judged = Layer(value, slopes(0.5), slopes(at_zero), x=x).judged()
    assert outcomes(judged) == {"x": PASSED}


def test_a_value_outside_the_one_sided_slopes_is_undecided_at_a_hidden_kink():
    x = np.concatenate([[0.0], gaussian(0, 9)])

    def slopes(at):
        return lambda y_bar, x: {"x": y_bar * np.concatenate([[at], 2e5 * x[1:]])}

    def value(x):
        return np.sum(1e5 * x[1:] ** 2) + np.maximum(x[0], 0.0)

    assert outcomes(Layer(value, slopes(0.5), slopes(3.0), x=x).judged()) == {"x": INCONCLUSIVE}


def test_a_gradient_wrong_for_every_input_is_undecided_where_everything_is_zero():
    layer = Layer(lambda x: x * 0.0, lambda y_bar, x: {"x": 0.0 * x}, x=gaussian(0, 5))
    judgement = layer.judged()
    assert PASSED not in outcomes(judgement).values()


def test_a_backward_that_answers_differently_each_time_is_left_to_determinism():
    rng = np.random.default_rng(0)
    layer = dense(wrong=lambda gradient: gradient * rng.uniform(0.5, 2.0))
    judgement = layer.judged()
    assert outcomes(judgement)["w"] is INCONCLUSIVE
    assert "determinism" in judgement.quantities[1].reason


def test_what_differs_by_less_than_a_second_opinion_sees_is_told_and_not_failed():
    layer = dense(wrong=lambda gradient: gradient * (1.0 + 1e-12))
    judgement = layer.judged()
    assert outcomes(judgement) == {"x": PASSED, "w": PASSED}
    assert any("less than a second opinion can see" in note for note in judgement.notes)
