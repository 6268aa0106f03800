"""A penalty that forward adds is seen in how its value grows, not in how it is written."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.judging.penalties import adds_penalty
from gradcheck.types import Role, Subject

X = np.random.default_rng(0).standard_normal((4, 8))
LABELS = np.array([0, 3, 1, 1])


def cross_entropy(w):
    scores = X @ w
    top = scores.max(axis=1, keepdims=True)
    of_all = np.log(np.exp(scores - top).sum(axis=1)) + top[:, 0]
    return np.asarray((of_all - scores[np.arange(4), LABELS]).mean())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda w: cross_entropy(w) + 0.5 * 0.1 * np.sum(w * w), True),
        (lambda w: cross_entropy(w) + 1e-2 * np.sum(w * w), True),
        (cross_entropy, False),
        (lambda w: np.asarray(np.mean((X @ w) ** 2)), False),
        (lambda w: np.asarray(np.sum(np.tanh(X @ w))), False),
        (lambda w: X @ w, False),
    ],
    ids=["halved", "whole", "none", "squares of the data", "a bounded sum", "no loss"],
)
def test_a_penalty_is_told_from_what_the_data_adds(value, expected):
    subject = Subject(
        name="loss",
        primals={"W": np.ones((8, 5))},
        roles={"W": Role.PARAMETER},
        value=lambda primals: value(primals["W"]),
        value_and_vjp=lambda primals: (value(primals["W"]), None),
    )
    assert [adds_penalty(subject, "W", seed) for seed in (0, 1, 2)] == [expected] * 3
