"""Probes: <v, J d> by the oracle against <vjp(v), d> by the layer, along directions and cotangents."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.numerics import sampling, steps, tolerance
from gradcheck.types import Array, Directional, Estimate, Oracle, Primals, Profile, Pullback, Subject, Tangents, Vjp

#: Cotangents per profile. A Gaussian probe v E u misses a rank-one error E with a chance near t ln(1/t), t being
#: the tolerance relative to E: below 1e-6 at the tolerances reached. The second cotangent makes that negligible.
COTANGENTS = {Profile.FAST: 1, Profile.DEFAULT: 2, Profile.THOROUGH: 4}

#: Entries of all primals above which one cotangent is enough in every profile but the thorough one: an exact oracle
#: compares every entry through it, and each further one costs a backward and a gradient of every parameter.
MANY = 1_000_000

#: (generator, x, scale) -> a tangent at x.
Draw = Callable[[np.random.Generator, Array, float], Array]

#: Two calls of one backward agree to this, relative to each entry; a matrix product may round differently.
REPEATS = 1.0e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One comparison.

    Attributes:
        expected: The oracle's <v, J d>.
        actual: The layer's <vjp(v), d>.
        allowed: What they may differ by.
        masked: Whether too many outputs sat on a kink for the probe to say anything.
        thinned: Whether any output was left out: a zero may then be the zero of what was left out.
    """

    expected: float
    actual: float
    allowed: float
    masked: bool = False
    thinned: bool = False

    @property
    def disagrees(self) -> bool:
        """Whether the difference exceeds what is allowed."""
        return not self.masked and not abs(self.actual - self.expected) <= self.allowed

    def decides(self, reference: float) -> bool:
        """Whether the allowed error is small beside the gradient, or beside its neighbours where it is zero."""
        own = max(abs(self.expected), abs(self.actual))
        if self.thinned and own <= self.allowed:
            return False
        largest = max(own, reference)
        return not self.masked and largest > 0.0 and self.allowed <= tolerance.DECISIVE * largest


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Everything known at the point of the check.

    Attributes:
        subject: The function under check.
        y: Its value.
        vjp: Its backward.
        gradients: One mapping per cotangent: primal name to gradient in the primal's shape.
        cotangents: The cotangents as used, kinked outputs set to 0.
        rounding: What reading a gradient adds per entry, by name.
        precision: Epsilon of the dtype each gradient came in, by name.
    """

    subject: Subject
    y: Array
    vjp: Vjp
    gradients: Sequence[Mapping[str, Array]]
    cotangents: Sequence[Array]
    rounding: Mapping[str, float]
    precision: Mapping[str, float]


def draw_cotangents(subject: Subject, y: Array, seed: int, profile: Profile) -> list[Array]:
    """Gaussian cotangents, or the one the layer takes."""
    if subject.cotangent is not None:
        return [subject.cotangent]
    many = sum(x.size for x in subject.primals.values()) > MANY
    count = 1 if many and profile is not Profile.THOROUGH else COTANGENTS[profile]
    return [sampling.gaussian(sampling.generator(seed, f"cotangent {k}"), y.shape) for k in range(count)]


def tangents(
    subject: Subject, names: Sequence[str], seed: int, purpose: str, draw: Draw = sampling.direction
) -> dict[str, Array]:
    """One direction that moves the named primals together, each by its own magnitude."""
    drawn = {}
    for name in names:
        x = subject.primals[name]
        drawn[name] = draw(sampling.generator(seed, f"{purpose} {name}"), x, steps.magnitude(x))
    return drawn


def aligned(gradient: Array, x: Array) -> Array | None:
    """The gradient in its variable's shape where only axes of length one differ, None otherwise.

    The contract check demands the shape itself; values can still be compared.
    """
    if gradient.dtype == object or not np.all(np.isfinite(gradient)):
        return None
    if [n for n in gradient.shape if n != 1] != [n for n in x.shape if n != 1]:
        return None
    return np.asarray(gradient, dtype=np.float64).reshape(x.shape)


def comparable(pullback: Pullback, subject: Subject) -> dict[str, Array]:
    """The gradients that can be compared, in their variables' shapes."""
    found = {}
    for name, gradient in pullback.gradients.items():
        shaped = aligned(gradient, subject.primals[name])
        if shaped is not None:
            found[name] = shaped
    return found


def point_of(subject: Subject, seed: int, profile: Profile) -> Point:
    """One forward and one backward at the primals, before anything is known of kinks.

    Raises:
        Exception: Whatever backward raises.
    """
    y, vjp = subject.value_and_vjp(subject.primals)
    cotangents = draw_cotangents(subject, y, seed, profile)
    pullback = vjp(cotangents[0])
    later: list[Mapping[str, Array]] = [{} for _ in cotangents[1:]]
    return Point(
        subject=subject,
        y=y,
        vjp=vjp,
        gradients=[comparable(pullback, subject), *later],
        cotangents=cotangents,
        rounding=pullback.rounding,
        precision={n: float(np.finfo(g.dtype).eps) for n, g in pullback.gradients.items() if g.dtype.kind == "f"},
    )


def at_cotangent(point: Point, cotangent: Array) -> Point:
    """The same point seen through one other cotangent."""
    gradients = comparable(point.vjp(cotangent), point.subject)
    return dataclasses.replace(point, gradients=[gradients], cotangents=[cotangent])


def moved_to(point: Point, primals: Primals) -> Point:
    """What the layer answers at other primals, through the same cotangents."""
    y, vjp = point.subject.value_and_vjp(primals)
    gradients = [comparable(vjp(v), point.subject) for v in point.cotangents]
    subject = dataclasses.replace(point.subject, primals=primals)
    return dataclasses.replace(point, subject=subject, y=y, vjp=vjp, gradients=gradients)


def repeats(point: Point) -> bool:
    """Whether a second call of backward gives the answer of the first."""
    repeated = comparable(point.vjp(point.cotangents[0]), point.subject)
    return all(
        np.allclose(repeated[name], gradient, rtol=REPEATS, atol=REPEATS * float(np.max(np.abs(gradient), initial=0.0)))
        for name, gradient in point.gradients[0].items()
        if name in repeated
    )


def take(point: Point, directions: Sequence[Tangents], oracle: Oracle) -> tuple[Point, list[list[Probe]]]:
    """Probe along directions; returns the point with the cotangents used and a row of probes per direction."""
    answer = oracle.directional(point.subject, directions, point.cotangents, point.y)
    seen = with_cotangents(point, answer.cotangents)
    return seen, probes(seen, directions, answer)


def with_cotangents(point: Point, cotangents: Sequence[Array]) -> Point:
    """The point with other cotangents in place of its own; backward runs where one differs."""
    gradients: list[Mapping[str, Array]] = []
    for before, used, known in zip(point.cotangents, cotangents, point.gradients, strict=True):
        same = known if np.array_equal(before, used) else None
        gradients.append(same or comparable(point.vjp(used), point.subject))
    return dataclasses.replace(point, gradients=gradients, cotangents=cotangents)


def probes(point: Point, directions: Sequence[Tangents], answer: Directional) -> list[list[Probe]]:
    """The gradients of a point against an oracle's answer along directions: a row of probes per direction."""
    return [
        [_probe(point, k, direction, estimate) for k, estimate in enumerate(row)]
        for direction, row in zip(directions, answer.estimates, strict=True)
    ]


def _probe(point: Point, k: int, direction: Tangents, estimate: Estimate) -> Probe:
    gradients = point.gradients[k]
    missing = [name for name in direction if name not in gradients]
    if estimate.masked >= 1.0 or missing or not np.isfinite(estimate.value):
        return Probe(expected=0.0, actual=0.0, allowed=float("inf"), masked=True)
    actual, allowed = 0.0, float(estimate.error_bound)
    for name, tangent in direction.items():
        gradient, x = gradients[name], point.subject.primals[name]
        actual += float(np.sum(gradient * tangent))
        precision = max(point.subject.noise, point.subject.precision, point.precision.get(name, 0.0))
        allowed += tolerance.gradient_bound(gradient, x, tangent, estimate.step, precision)
        allowed += tolerance.cancellation_bound(point.cotangents[k], tangent, precision)
        allowed += point.rounding.get(name, 0.0) * float(np.sum(np.abs(tangent)))
    return Probe(expected=float(estimate.value), actual=actual, allowed=allowed, thinned=estimate.masked > 0.0)
