"""The evidence of a failed gradient: whole arrays, what they were judged on, and errors against step size."""

from __future__ import annotations

import numpy as np
import pytest

import gradcheck
from gradcheck.judging import gathering
from gradcheck.judging.judge import judge
from gradcheck.judging.probing import point_of
from gradcheck.oracles import finite_difference
from gradcheck.types import Outcome, Profile, Pullback, Role, Subject

W = np.array([[0.5, -0.3, 0.8], [0.2, 0.7, -0.4]])
X = np.array([[0.3, -1.2], [0.7, 0.4], [-0.9, 1.1], [1.3, -0.2]])


def value(x, w):
    return np.tanh(x @ w)


def halved(y_bar, x, w):
    back = y_bar * (1.0 - np.tanh(x @ w) ** 2)
    return {"x": back @ w.T, "w": 0.5 * x.T @ back}


def subject(**primals):
    def value_and_vjp(at):
        def vjp(y_bar):
            return Pullback(gradients=halved(y_bar, **at))

        return value(**at), vjp

    return Subject(
        name="layers.py::Layer",
        primals=primals,
        roles=dict.fromkeys(primals, Role.INPUT),
        value=lambda at: value(**at),
        value_and_vjp=value_and_vjp,
    )


def judged(**primals):
    """The evidence about w as judged, and once it is completed."""
    point = point_of(subject(**primals), 0, Profile.DEFAULT)
    judgement = judge(point, list(point.gradients[0]), finite_difference.ORACLE, 0, Profile.DEFAULT)
    completed = gathering.completed(judgement.evidence, point.subject, finite_difference.ORACLE)
    return judgement.evidence[0], completed[0]


def test_a_failed_gradient_carries_both_sides_and_what_they_were_judged_on():
    report = gradcheck.check_vjp(value, lambda y_bar, x, w: tuple(halved(y_bar, x, w).values()), {"x": X, "w": W})
    (failed,) = [result for result in report.results if result.outcome is Outcome.FAILED]
    (evidence,) = failed.evidence
    assert evidence.name == "w"
    assert evidence.kept
    assert np.all(evidence.known)
    back = evidence.y_bar * (1.0 - evidence.y**2)
    assert evidence.expected == pytest.approx(evidence.primals["x"].T @ back, abs=1e-7)
    assert evidence.actual == pytest.approx(evidence.expected / 2.0, abs=1e-7)
    assert evidence.allowed.shape == evidence.expected.shape == (2, 3)
    assert all(result.evidence == () for result in report.results if result.outcome is not Outcome.FAILED)


def test_differences_at_every_step_side_with_the_oracle():
    evidence = judged(x=X, w=W)[1]
    assert [point.step for point in evidence.sweep.points] == sorted(gathering.SWEPT, reverse=True)
    assert all(p.from_expected < p.from_actual for p in evidence.sweep.points)
    # Truncation falls with the square of the step until rounding rises.
    assert evidence.sweep.points[2].from_expected < 1e-2 * evidence.sweep.points[0].from_expected
    assert min(p.step for p in evidence.sweep.points) < evidence.sweep.chosen < max(gathering.SWEPT)


def test_what_was_not_located_is_filled_in_where_the_array_is_small(monkeypatch):
    monkeypatch.setattr("gradcheck.judging.locating.MOST_FORWARDS_IN_ALL", 0)
    before, after = judged(x=X, w=W)
    assert not np.any(before.known)
    assert after.kept
    assert np.all(after.known)
    assert after.expected == pytest.approx(2.0 * after.actual, abs=1e-7)
    monkeypatch.setattr(gathering, "MOST_FILLED", W.size - 1)
    unknown = judged(x=X, w=W)[1]
    assert not np.any(unknown.known)
    assert np.all(np.isnan(unknown.allowed))
    assert unknown.kept


def test_arrays_too_large_to_keep_are_let_go_and_the_evidence_says_so(monkeypatch):
    monkeypatch.setattr(gathering, "MOST_NUMBERS", 40)
    evidence = judged(x=X, w=W)[1]
    assert not evidence.kept
    assert evidence.shape == (2, 3)
    assert evidence.expected.size == 0
    assert evidence.primals == {}


def test_a_gradient_of_another_shape_is_kept_as_it_came():
    class Linear:
        def __init__(self):
            self.W = W.copy()

        def forward(self, x):
            self.x = x
            return x @ self.W

        def backward(self, y_bar):
            self.dW = y_bar.T @ self.x
            return y_bar @ self.W.T

    report = gradcheck.check_layer(Linear(), X)
    contract = next(result for result in report.results if result.check == "contract")
    (evidence,) = contract.evidence
    assert evidence.actual.shape == (3, 2)
    assert evidence.shape == evidence.expected.shape == (2, 3)
    assert not np.any(evidence.known)
