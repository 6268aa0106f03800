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

    Allowed are the roundings of a sum of terms as large as the entry and its neighbours, and what is left of
    terms of unit gain that cancel: y (1 - y) of a saturated sigmoid is 0 where the exact answer is e^-60.

    Attributes:
        name: Primal name.
        k: Which cotangent.
        expected: By the exact oracle.
        actual: By the layer.
        relative: Allowed error relative to an entry and its neighbours.
        floor: Allowed error of every entry.
        spread: Allowed as well, entry by entry; None for nothing.
    """

    name: str
    k: int
    expected: Array
    actual: Array
    relative: float
    floor: float
    spread: Array | None = None

    @property
    def typical(self) -> float:
        """Root mean square of what is expected."""
        return steps.root_mean_square(self.expected)

    @property
    def allowed(self) -> Array:
        """Allowed error of each entry."""
        allowed = np.abs(self.actual)
        np.maximum(allowed, self.typical, out=allowed)
        allowed *= self.relative
        allowed += self.floor if self.spread is None else self.floor + self.spread
        return allowed

    @property
    def excess(self) -> Array:
        """Disagreement where it exceeds what is allowed, 0 elsewhere."""
        difference = self.actual - self.expected
        return np.where(np.abs(difference) <= self.allowed, 0.0, difference)

    @property
    def agrees(self) -> bool:
        """Whether no entry exceeds what is allowed."""
        furthest = self.furthest
        # Mostly decided by the least that is allowed anywhere, without an array of it.
        return furthest == 0.0 or furthest <= self.relative * self.typical + self.floor or not np.any(self.excess)

    @property
    def most_allowed(self) -> float:
        """The largest allowed error."""
        if self.spread is not None:
            return steps.largest(self.allowed)
        return self.relative * max(steps.largest(self.actual), self.typical) + self.floor

    @property
    def furthest(self) -> float:
        """The largest disagreement."""
        if self.actual is self.expected:
            return 0.0
        difference = self.actual - self.expected
        return float(np.max(np.abs(difference, out=difference), initial=0.0))

    @property
    def share(self) -> float:
        """The largest disagreement, as a share of the largest entry."""
        furthest = self.furthest
        return furthest / (steps.largest(self.expected) or 1.0) if furthest else 0.0


def compared(point: Point, truth: Sequence[Mapping[str, Array]], name: str) -> Entries:
    """One gradient through the cotangent that shows the most of what is wrong with it."""
    seen = [_through(point, k, np.asarray(expected[name], dtype=np.float64), name) for k, expected in enumerate(truth)]
    return max(seen, key=lambda one: 0.0 if one.agrees else float(np.max(np.abs(one.excess), initial=0.0)))


def agreed(point: Point, truth: Sequence[Mapping[str, Array]], names: Sequence[str]) -> list[dict[str, Array]]:
    """The truth, the layer's own gradient in place of each that agrees with it: one array instead of two."""
    kept: list[dict[str, Array]] = []
    for k, expected in enumerate(truth):
        seen = (_through(point, k, np.asarray(expected[name], dtype=np.float64), name) for name in names)
        kept.append({one.name: point.gradients[k][one.name] if one.agrees else expected[one.name] for one in seen})
    return kept


def _through(point: Point, k: int, expected: Array, name: str) -> Entries:
    """One gradient through one cotangent."""
    subject, gradient = point.subject, point.gradients[k][name]
    precision = max(point.precision.get(name, 0.0), subject.noise, subject.precision, steps.EPSILON)
    cancelled = tolerance.cancellation_bound(point.cotangents[k], np.ones(1), precision)
    actual = gradient.ravel()
    return Entries(
        name=name,
        k=k,
        expected=actual if expected is gradient else expected.ravel(),
        actual=actual,
        relative=tolerance.BACKWARD_ROUNDINGS * precision,
        floor=cancelled + point.rounding.get(name, 0.0),
    )


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
    rounding = np.where(spread <= tolerance.DECISIVE * one.typical, spread, 0.0)
    return dataclasses.replace(one, spread=rounding)
