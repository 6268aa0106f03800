import dataclasses
import random

import numpy as np
import pytest

from gradcheck.cases.running.evaluation import protected
from gradcheck.oracles import finite_difference, traced_autograd
from gradcheck.types import Role, Subject


def subject_of(function, **primals):
    """A function of arrays as a Subject, its own backward left out."""

    def value(at):
        with protected(7):
            return np.array(function(*(np.array(at[name]) for name in primals)), dtype=np.float64)

    def replay(at, exchange, surrounding):
        with protected(7), surrounding:
            return function(*(exchange(at[name], name) for name in primals))

    return Subject(
        name="tests::function",
        primals=primals,
        roles=dict.fromkeys(primals, Role.INPUT),
        value=value,
        value_and_vjp=lambda at: (value(at), None),
        replay=replay,
    )


def point():
    rng = np.random.default_rng(5)
    return {"x": np.round(rng.standard_normal((3, 4)), 3), "w": np.round(rng.standard_normal((4, 5)), 3)}


def traced(function, **primals):
    """(Exact, gradients by finite differences, their bounds) of a function at a point, for one Gaussian cotangent."""
    subject = subject_of(function, **(primals or point()))
    y = subject.value(subject.primals)
    subject = dataclasses.replace(subject, noise=finite_difference.measure_noise(subject, y))
    cotangent = np.random.default_rng(9).standard_normal(y.shape)
    answer = traced_autograd.exact(subject, subject.primals, (cotangent,), y)
    numeric = {name: finite_difference.entries(subject, name, None, cotangent, y) for name in subject.primals}
    return answer, numeric


@pytest.fixture
def trace():
    return traced


@pytest.fixture
def make_subject():
    return subject_of


@pytest.fixture(autouse=True)
def _torch():
    pytest.importorskip("torch")
    random.seed(0)
