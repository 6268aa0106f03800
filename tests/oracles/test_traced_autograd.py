"""The exact oracle: values equal to rounding or refused, inner products with their bounds, torch asked for last."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from gradcheck import check_vjp
from gradcheck.oracles import traced_autograd
from gradcheck.oracles.traced_autograd import ORACLE
from gradcheck.types import Role, Subject

pytest.importorskip("torch")


def subject_of(function, x, **changes):
    subject = Subject(
        name="tests::function",
        primals={"x": x},
        roles={"x": Role.INPUT},
        value=lambda at: np.array(function(at["x"].copy())),
        value_and_vjp=lambda at: (function(at["x"]), None),
        replay=lambda at, exchange, surrounding: _within(surrounding, lambda: function(exchange(at["x"], "x"))),
    )
    return dataclasses.replace(subject, **changes)


def _within(surrounding, run):
    with surrounding:
        return run()


X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.9]])


def test_a_known_derivative_is_met_to_rounding():
    subject = subject_of(lambda x: np.sin(x) ** 2, X)
    v = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    answer = ORACLE.exact(subject, subject.primals, (v, 2 * v), np.sin(X) ** 2)
    np.testing.assert_allclose(answer.gradients[0]["x"], v * np.sin(2 * X), rtol=1e-14)
    np.testing.assert_allclose(answer.gradients[1]["x"], 2 * v * np.sin(2 * X), rtol=1e-14)


def test_a_value_that_is_not_the_plain_one_is_refused():
    subject = subject_of(lambda x: x * (2.0 if type(x) is np.ndarray else 2.000001), X)
    answer = ORACLE.exact(subject, subject.primals, (X,), 2.0 * X)
    assert answer.gradients == ()
    assert "is off the plain one's by" in answer.refusal


def test_another_shape_is_refused():
    subject = subject_of(lambda x: x if type(x) is np.ndarray else x[0], X)
    assert "shape (3,)" in ORACLE.exact(subject, subject.primals, (X,), X).refusal


def test_float32_code_is_traced_with_the_gradient_of_its_formula():
    subject = subject_of(lambda x: (x.astype(np.float32) * np.float32(0.5)).astype(np.float64) + x, X)
    subject = dataclasses.replace(subject, noise=float(np.finfo(np.float32).eps))
    answer = ORACLE.exact(subject, subject.primals, (np.ones_like(X),), subject.value(subject.primals))
    np.testing.assert_allclose(answer.gradients[0]["x"], 1.5, rtol=1e-7)


def test_inner_products_and_entries_come_with_a_bound_that_holds():
    subject = subject_of(np.exp, X)
    v, d = np.ones_like(X), {"x": np.cos(X)}
    estimate = ORACLE.directional(subject, [d], [v], np.exp(X)).estimates[0][0]
    assert abs(estimate.value - np.sum(np.exp(X) * np.cos(X))) <= estimate.error_bound < 1e-10
    entries = ORACLE.entries(subject, "x", np.array([0, 5]), v, np.exp(X))
    assert np.all(np.abs(entries.value - np.exp(X).ravel()[[0, 5]]) <= entries.error_bound)


def test_a_refused_trace_decides_nothing():
    subject = subject_of(lambda x: float(x.sum()) * x, X)
    directional = ORACLE.directional(subject, [{"x": X}], [X], X)
    assert directional.estimates[0][0].masked == 1.0
    assert np.all(np.isnan(ORACLE.entries(subject, "x", None, X, X).value))


def test_a_gradient_that_is_not_finite_is_refused():
    subject = subject_of(lambda x: np.sqrt(x * 0.0), X)
    assert "not finite" in ORACLE.exact(subject, subject.primals, (X,), 0 * X).refusal


def test_what_forward_raises_on_traced_arrays_is_told_with_its_line():
    def forward(x):
        return x.unheard_of if type(x) is not np.ndarray else x

    subject = subject_of(forward, X)
    refusal = ORACLE.exact(subject, subject.primals, (X,), X).refusal
    assert "AttributeError" in refusal
    assert "test_traced_autograd.py:" in refusal
    assert "x.unheard_of" in refusal


def test_a_subject_without_replay_and_a_machine_without_torch_say_so(monkeypatch):
    assert "run again" in ORACLE.unavailable(subject_of(np.exp, X, replay=None))
    monkeypatch.setattr(traced_autograd, "find_spec", lambda name: None)
    assert "gradcheck[torch]" in ORACLE.unavailable(subject_of(np.exp, X))


def test_torch_is_not_imported_before_the_first_exact_answer():
    code = (
        "import sys; from gradcheck.oracles.traced_autograd import ORACLE; import gradcheck.tracing.recorded; "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_functions_handed_to_the_library_can_be_replayed():
    assert check_vjp(np.sin, lambda y_bar, x: y_bar * np.cos(x), (np.array([0.1, 0.7]),)).ok
