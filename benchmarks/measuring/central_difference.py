"""Central differences as taught: h = 1e-5 everywhere, a relative error below 1e-5 is right (Stanford's CS231n)."""

from __future__ import annotations

import operator
from collections.abc import Iterable

import numpy as np

from gradcheck.types import Array, Case, Cotangents, Subject
from measuring.tool import Tool, Verdict

STEP = 1.0e-5
#: Largest relative error of a right gradient. The course leaves it to the reader: 1e-7 is happy, 1e-2 is wrong.
TOLERANCE = 1.0e-5
#: Least denominator of a relative error, the one of the course's notebooks. Its sparse check has none, and calls an
#: exact zero 0/0; here it has the same.
FLOOR = 1.0e-8
#: Entries the sparse check looks at, per variable, drawn with replacement.
COORDINATES = 10


def tools() -> tuple[Tool, ...]:
    """Every entry, and ten of them."""
    return (
        Tool(name="central difference, every entry", judge=_every_entry, exhaustive=True),
        Tool(name="central difference, ten entries", judge=_ten_entries),
    )


def _every_entry(case: Case) -> Verdict:
    subject = case.subject
    gradients, y_bar = _gradients(case)
    for name, x in subject.primals.items():
        actual = gradients[name]
        expected = np.array([_difference(subject, name, index, y_bar) for index in np.ndindex(x.shape)])
        # Shapes are compared as NumPy subtracts them: what broadcasts is compared, what does not raises.
        if not _agree(actual, expected.reshape(x.shape)):
            return Verdict.WRONG
    return Verdict.RIGHT


def _ten_entries(case: Case) -> Verdict:
    subject = case.subject
    gradients, y_bar = _gradients(case)
    generator = np.random.default_rng(case.seed)
    for name, x in subject.primals.items():
        for index in zip(*(generator.integers(0, n, COORDINATES) for n in x.shape), strict=True):
            # An index that the gradient does not have raises.
            actual = operator.getitem(gradients[name], index)
            if not _agree(actual, _difference(subject, name, index, y_bar)):
                return Verdict.WRONG
    return Verdict.RIGHT


def _gradients(case: Case) -> tuple[Cotangents, Array]:
    """The gradients for a random upstream gradient, or for the only one the layer takes."""
    subject = case.subject
    y, vjp = subject.value_and_vjp(subject.primals)
    y_bar = subject.cotangent
    if y_bar is None:
        y_bar = np.random.default_rng(case.seed).standard_normal(y.shape)
    return vjp(y_bar).gradients, y_bar


def _difference(subject: Subject, name: str, index: Iterable[int], y_bar: Array) -> float:
    ahead, behind = (_moved(subject, name, tuple(index), step) for step in (STEP, -STEP))
    return float(np.sum((ahead - behind) * y_bar)) / (2.0 * STEP)


def _moved(subject: Subject, name: str, index: tuple[int, ...], step: float) -> Array:
    x = subject.primals[name].copy()
    x[index] += step
    return subject.value({**subject.primals, name: x})


def _agree(actual: Array, expected: Array | float) -> bool:
    relative = np.abs(actual - expected) / np.maximum(FLOOR, np.abs(actual) + np.abs(expected))
    return bool(np.all(relative < TOLERANCE))
