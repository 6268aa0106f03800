"""Whether two runs of one torch program gave the same numbers: to rounding, for the same arithmetic was meant."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcheck.cases.torch.program import TorchSubject
from gradcheck.numerics import compare, steps, tolerance
from gradcheck.types import Array, Mismatch


def differences(subject: TorchSubject, name: str, expected: Array, actual: Array) -> tuple[Mismatch, ...]:
    """The entries in which two arrays of one shape differ by more than sums in another order round.

    Args:
        subject: Says how exact the program is.
        name: What the arrays are, for the mismatches.
        expected: The numbers of the plain run.
        actual: The numbers of the other one.
    """
    epsilon = max(steps.EPSILON, subject.precision, subject.noise)
    scale = float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
    allowed = np.full(expected.size, tolerance.BACKWARD_ROUNDINGS * epsilon * scale)
    same = (expected == actual) | (np.isnan(expected) & np.isnan(actual))
    # Where only one of them is finite they differ; anywhere else NaN compares as unequal to nothing.
    expected, actual = np.where(same, 0.0, expected), np.where(same, 0.0, actual)
    indices = np.arange(expected.size)
    return compare.mismatches(name, expected.shape, indices, expected.ravel(), actual.ravel(), allowed)


def gradient_differences(
    subject: TorchSubject, expected: Mapping[str, Array], actual: Mapping[str, Array]
) -> tuple[str, tuple[Mismatch, ...]]:
    """The first gradient that is missing or differs, with its mismatches; "" where all agree."""
    for name, gradient in expected.items():
        if name not in actual:
            return name, ()
        if found := differences(subject, name, gradient, actual[name]):
            return name, found
    return "", ()
