"""One gradient beside the exact one, entry by entry, and what each entry is allowed to be off by."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.judging.probing import Point
from gradcheck.numerics import sampling, steps, tolerance
from gradcheck.types import Array, Primals


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """One gradient, flat, through the cotangent in which it looks worst.

    Attributes:
        name: Primal name.
        k: Which cotangent.
        expected: By the exact oracle.
        actual: By the layer.
        allowed: Allowed error.
    """

    name: str
    k: int
    expected: Array
    actual: Array
    allowed: Array

    @property
    def excess(self) -> Array:
        """Disagreement where it exceeds what is allowed, 0 elsewhere."""
        difference = self.actual - self.expected
        return np.where(np.abs(difference) <= self.allowed, 0.0, difference)

    @property
    def share(self) -> float:
        """The largest disagreement, as a share of the largest entry."""
        largest = float(np.max(np.abs(self.expected), initial=0.0)) or 1.0
        return float(np.max(np.abs(self.actual - self.expected), initial=0.0)) / largest


def compared(point: Point, truth: Sequence[Mapping[str, Array]], name: str) -> Entries:
    """One gradient through the cotangent that shows the most of what is wrong with it."""
    seen = [_through(point, k, np.asarray(expected[name], dtype=np.float64), name) for k, expected in enumerate(truth)]
    return max(seen, key=lambda one: float(np.max(np.abs(one.excess), initial=0.0)))


def _through(point: Point, k: int, expected: Array, name: str) -> Entries:
    """One gradient through one cotangent.

    Allowed are the roundings of a sum of terms as large as the entry and its neighbours, and what is left of
    terms of unit gain that cancel: y (1 - y) of a saturated sigmoid is 0 where the exact answer is e^-60.
    """
    subject, actual = point.subject, point.gradients[k][name].ravel()
    precision = max(point.precision.get(name, 0.0), subject.noise, subject.precision, steps.EPSILON)
    terms = np.maximum(np.abs(actual), steps.root_mean_square(expected))
    cancelled = tolerance.cancellation_bound(point.cotangents[k], np.ones(1), precision)
    allowed = tolerance.BACKWARD_ROUNDINGS * precision * terms + cancelled + point.rounding.get(name, 0.0)
    return Entries(name=name, k=k, expected=expected.ravel(), actual=actual, allowed=allowed)


def one_ulp_away(primals: Primals, seed: int) -> dict[str, Array]:
    """The primals, every entry moved by about one unit in its last place."""
    rng = sampling.generator(seed, "one unit in the last place")
    return {name: x * (1.0 + steps.EPSILON * rng.choice([-1.0, 1.0], x.shape)) for name, x in primals.items()}


def widened(one: Entries, actual: Array, expected: Array) -> Entries:
    """The same entries, allowed as well what one unit in the last place of the primals moves the two sides by.

    Where that is a visible share of the gradient it is no rounding, a kink perhaps, and allows nothing.

    Args:
        one: The entries at the point.
        actual: The layer's answer one unit in the last place away.
        expected: The exact oracle's there.
    """
    spread = np.abs(expected.ravel() - one.expected) + np.abs(actual.ravel() - one.actual)
    spread = tolerance.ROUNDING_MARGIN * (spread + steps.root_mean_square(spread))
    rounding = np.where(spread <= tolerance.DECISIVE * steps.root_mean_square(one.expected), spread, 0.0)
    return dataclasses.replace(one, allowed=one.allowed + rounding)
