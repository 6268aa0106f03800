"""Answers of a driven layer against those of one that is called once: the same code on the same numbers.

What differs in the right case is the rounding of a matrix product in memory that is aligned differently. What
differs in the wrong one is of the order of the gradient itself. The root of the epsilon lies half-way between the
two on a logarithmic scale.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import numpy as np

from gradcheck.driving.moments import Moment
from gradcheck.numerics import compare, steps, tolerance
from gradcheck.types import Answer, Array, Mismatch, Subject


class Memory(enum.Enum):
    """What became of a gradient that was kept from an earlier backward."""

    REPLACED = "overwritten"
    ADDED = "added to"
    EITHER = "either"
    NEITHER = "neither"


def epsilon_of(subject: Subject) -> float:
    """Epsilon of the narrowest dtype that a layer computes in."""
    native = [float(np.finfo(dtype).eps) for dtype in subject.native.values() if dtype.kind == "f"]
    return max([steps.EPSILON, subject.precision, *native])


def differences(
    name: str, expected: Array, actual: Array, subject: Subject, loudest: float = 0.0
) -> tuple[Mismatch, ...]:
    """The entries that differ by more than rounding, worst first.

    Args:
        name: What is compared.
        expected: The answer of a layer called once.
        actual: The answer of the layer as driven.
        subject: Whose precision counts.
        loudest: Magnitude whose rounding may be left where terms cancel.
    """
    if expected.shape != actual.shape:
        nan = float("nan")
        return (Mismatch(where=f"{name} of shape {actual.shape}", expected=nan, actual=nan, allowed=0.0),)
    epsilon = epsilon_of(subject)
    largest = max(_largest(expected), _largest(actual))
    allowed = np.sqrt(epsilon) * largest + tolerance.BACKWARD_ROUNDINGS * epsilon * loudest
    same = (expected == actual) | (np.isnan(expected) & np.isnan(actual))
    before, after = np.where(same, 0.0, expected), np.where(same, 0.0, actual)
    indices = np.arange(expected.size)
    return compare.mismatches(name, expected.shape, indices, before.ravel(), after.ravel(), np.asarray(allowed))


def same_value(subject: Subject, expected: Array, actual: Array) -> bool:
    """Whether two answers of forward agree."""
    return not differences("output", expected, actual, subject)


def memory_of(name: str, moment: Moment, answer: Answer, subject: Subject) -> Memory:
    """Whether the gradient of the last call stands alone in its place, or with what the place held before."""
    expected, actual = moment.gradients[name], answer.gradients[name]
    loudest = loudest_of(moment)
    held = answer.held.get(name)
    alone = not differences(name, expected, actual, subject, loudest)
    if held is None or not np.any(held):
        return Memory.EITHER if alone else Memory.NEITHER
    # Less what was held, not plus: the sum would hide a small gradient behind a large one.
    grown = held.shape == actual.shape and not differences(
        name, expected + held, actual, subject, max(loudest, _largest(held))
    )
    if alone:
        return Memory.EITHER if grown else Memory.REPLACED
    return Memory.ADDED if grown else Memory.NEITHER


def wrong(moment: Moment, answer: Answer, subject: Subject, *, memory: bool = True) -> dict[str, tuple[Mismatch, ...]]:
    """The gradients that are not those of the moment, with where they differ.

    Args:
        moment: What is expected.
        answer: What the driven layer gave.
        subject: The layer.
        memory: Whether what a place held before may be part of its gradient.
    """
    found: dict[str, tuple[Mismatch, ...]] = {}
    loudest = loudest_of(moment)
    for name, expected in moment.gradients.items():
        actual = answer.gradients.get(name)
        if actual is None:
            nan = float("nan")
            found[name] = (Mismatch(where=f"{name} is missing", expected=nan, actual=nan, allowed=0.0),)
            continue
        if memory and name in answer.places and memory_of(name, moment, answer, subject) is not Memory.NEITHER:
            continue
        mismatches = differences(name, expected, actual, subject, loudest)
        if mismatches:
            found[name] = mismatches
    return found


def loudest_of(moment: Moment) -> float:
    """The largest number in a backward: what cancels leaves the rounding of it."""
    return max([_largest(moment.y_bar), *(_largest(g) for g in moment.gradients.values()), _weights(moment.primals)])


def _weights(primals: Mapping[str, Array]) -> float:
    # A gradient read off a step of the weights carries the rounding of the weights.
    return max((_largest(x) for x in primals.values()), default=0.0)


def _largest(values: Array) -> float:
    return float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))
