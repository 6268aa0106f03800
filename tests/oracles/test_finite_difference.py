from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradcheck.numerics import noise, sampling, steps
from gradcheck.oracles.finite_difference import ORACLE, directional, entries, measure_noise, moved
from gradcheck.types import Pullback, Role, Subject


class Counting:
    """A function of named primals that counts its evaluations and refuses to be handed what is not its own."""

    def __init__(self, function):
        self.function = function
        self.forwards = 0

    def __call__(self, primals):
        self.forwards += 1
        return np.asarray(self.function(**primals), dtype=np.float64)


def subject_of(function, **primals):
    value = function if isinstance(function, Counting) else Counting(function)

    def value_and_vjp(at):
        return value(at), lambda y_bar: Pullback(gradients={})

    named = {name: np.asarray(x, dtype=np.float64) for name, x in primals.items()}
    return Subject(
        name="layers.py::Layer",
        primals=named,
        roles=dict.fromkeys(named, Role.INPUT),
        value=value,
        value_and_vjp=value_and_vjp,
    )


def drawn(seed, *shape):
    return sampling.gaussian(np.random.default_rng(seed), shape)


X, W = drawn(0, 4, 6), drawn(1, 6, 3)
V = drawn(2, 4, 3)


def dense(x, w):
    return np.tanh(x @ w)


def dense_vjp(x, w, v):
    back = v * (1.0 - np.tanh(x @ w) ** 2)
    return {"x": back @ w.T, "w": x.T @ back}


def test_primals_are_moved_along_their_tangents_and_the_others_stay():
    at = moved({"x": X, "w": W}, {"x": np.ones_like(X)}, 0.5)
    assert np.array_equal(at["x"], X + 0.5)
    assert at["w"] is W


@pytest.mark.parametrize("names", [("x",), ("w",), ("x", "w")], ids=str)
def test_a_directional_derivative_is_right_to_its_own_bound(names):
    subject = subject_of(dense, x=X, w=W)
    tangents = {name: drawn(3, *subject.primals[name].shape) for name in names}
    answer = directional(subject, [tangents], [V], dense(X, W))
    estimate = answer.estimates[0][0]
    gradients = dense_vjp(X, W, V)
    truth = sum(float(np.sum(gradients[name] * tangents[name])) for name in names)
    assert abs(estimate.value - truth) <= estimate.error_bound <= 1e-6 * abs(truth)
    assert estimate.masked == 0.0


def test_every_direction_answers_for_every_cotangent_with_six_forwards_a_direction():
    value = Counting(dense)
    subject = subject_of(value, x=X, w=W)
    directions = [{"x": drawn(4, 4, 6)}, {"w": drawn(5, 6, 3)}, {"x": drawn(6, 4, 6), "w": drawn(7, 6, 3)}]
    answer = directional(subject, directions, [V, drawn(8, 4, 3)], dense(X, W))
    assert [len(row) for row in answer.estimates] == [2, 2, 2]
    assert answer.forwards == value.forwards == 18


def test_outputs_on_a_kink_along_one_direction_lose_their_cotangent_in_all():
    x = np.array([[1.0, 0.0, -2.0, 3.0]])
    subject = subject_of(lambda x: np.maximum(x, 0.0), x=x)
    still = {"x": np.array([[0.3, 1e-300, 0.2, 0.1]])}
    across = {"x": np.array([[0.3, 1.0, 0.2, 0.1]])}
    answer = directional(subject, [still, across], [np.ones((1, 4))], np.maximum(x, 0.0))
    assert answer.cotangents[0].tolist() == [[1.0, 0.0, 1.0, 1.0]]
    assert [row[0].value for row in answer.estimates] == pytest.approx([0.4, 0.4])
    assert [row[0].masked for row in answer.estimates] == [0.25, 0.25]


def test_a_direction_that_would_mask_most_of_the_cotangent_is_given_up_and_the_next_step_is_smaller():
    x = np.full((2, 3), 0.5 * steps.stencil_step(steps.EPSILON))
    subject = subject_of(lambda x: np.maximum(x, -x), x=x)
    tangent = {"x": np.ones_like(x)}
    answer = directional(subject, [tangent, tangent], [drawn(0, 2, 3)], np.abs(x))
    first, second = (row[0] for row in answer.estimates)
    assert first.masked == 1.0
    assert not np.isfinite(first.value)
    assert first.error_bound == np.inf
    assert second.masked == 0.0
    assert second.step < steps.stencil_step(steps.EPSILON)
    assert second.value == pytest.approx(float(np.sum(answer.cotangents[0])), rel=1e-6)


def test_outputs_that_are_not_finite_lose_their_cotangent():
    x = np.array([1.0, 2.0, 3.0])
    subject = subject_of(lambda x: np.where(x > 2.5, np.nan, x * x), x=x)
    answer = directional(subject, [{"x": np.ones(3)}], [np.ones(3)], subject.value(subject.primals))
    assert answer.cotangents[0].tolist() == [1.0, 1.0, 0.0]
    assert answer.estimates[0][0].value == pytest.approx(6.0, rel=1e-9)


def test_an_infinite_output_is_left_out_without_a_warning():
    subject = subject_of(lambda x: np.where(x > 2.5, np.inf, x * x), x=np.array([1.0, 2.0, 3.0]))
    answer = directional(subject, [{"x": np.ones(3)}], [np.ones(3)], np.array([1.0, 4.0, np.inf]))
    assert answer.estimates[0][0].value == pytest.approx(6.0, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_entries_are_right_to_their_bounds_at_every_scale(scale):
    x = scale * X
    subject = subject_of(lambda x: np.sin(x / scale) @ W, x=x)
    truth = np.cos(x / scale) / scale * (V @ W.T)
    estimate = entries(subject, "x", None, V, np.sin(x / scale) @ W)
    assert np.all(np.abs(estimate.value - truth.ravel()) <= estimate.error_bound)
    assert np.max(estimate.error_bound) <= 1e-6 * np.max(np.abs(truth))


def test_the_entries_asked_for_are_estimated_with_two_forwards_each():
    value = Counting(dense)
    subject = subject_of(value, x=X, w=W)
    asked = np.array([17, 0, 5])
    estimate = entries(subject, "w", asked, V, dense(X, W))
    truth = dense_vjp(X, W, V)["w"].ravel()[asked]
    assert value.forwards == 6
    assert np.all(np.abs(estimate.value - truth) <= estimate.error_bound)


def test_an_entry_whose_own_step_crosses_a_kink_is_unknown_and_its_neighbours_are_not():
    x = np.array([1.0, 0.0, -1.0])
    subject = subject_of(lambda x: np.maximum(x, 0.0), x=x)
    estimate = entries(subject, "x", None, np.ones(3), np.maximum(x, 0.0))
    assert np.isnan(estimate.value).tolist() == [False, True, False]
    assert estimate.value[[0, 2]] == pytest.approx([1.0, 0.0])


def test_an_entry_is_known_where_the_kinked_output_has_no_cotangent():
    x = np.array([0.0])
    subject = subject_of(lambda x: np.concatenate([np.abs(x), 3.0 * x]), x=x)
    estimate = entries(subject, "x", None, np.array([0.0, 2.0]), np.zeros(2))
    assert estimate.value == pytest.approx([6.0])


@pytest.mark.parametrize(("dtype", "least", "most"), [(np.float32, 1e-9, 1e-6), (np.float16, 1e-5, 1e-2)])
def test_the_noise_of_a_subject_is_that_of_what_it_computes_in(dtype, least, most):
    subject = subject_of(lambda x, w: np.tanh(x.astype(dtype) @ w.astype(dtype)), x=X, w=W)
    assert least < measure_noise(subject, subject.value(subject.primals)) < most


def test_an_exact_subject_has_the_noise_of_float64():
    subject = subject_of(dense, x=X, w=W)
    assert measure_noise(subject, dense(X, W)) <= 4.0 * steps.EPSILON


def test_a_function_that_cannot_be_differentiated_is_refused_with_the_reason():
    subject = subject_of(dense, x=X, w=W)
    assert ORACLE.unavailable(subject) is None
    unsteady = dataclasses.replace(subject, noise=noise.UNREPEATABLE)
    assert ORACLE.unavailable(unsteady) == "forward does not give the same answer twice, or moves in jumps"
