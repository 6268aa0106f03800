"""A second opinion: finite differences along a disagreement itself.

A random direction is nearly blind to one small entry among a million; the suspect entries' own is not.
"""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass

import numpy as np

from gradcheck.judging import additivity, probing
from gradcheck.judging.probing import Point, Probe
from gradcheck.numerics import steps
from gradcheck.types import Array, Oracle

#: The second opinion steps three times as far as the first, so that it is not the same rounding twice.
SECOND_STEP = 3.0
#: A third look a hundred times as far away tells a slope from a stair, and sees a hundred times less error.
FAR_STEP = 100.0
#: And one ten thousand times as near an oscillation from a slope: at 1e6, sin(20 x) turns once in 3e-7 of x.
CLOSE_STEP = 1.0e-4
#: The step at which an output must move to be looked at, in units of the direction.
REACH = 1.0e-2


class Verdict(enum.Enum):
    """What finite differences say of a disagreement."""

    CONFIRMED = "the layer is wrong"
    REFUTED = "the layer is right"
    KINK = "the disagreement sits on a kink"
    UNSEEN = "the disagreement is smaller than what finite differences can be wrong by"
    UNASKED = "nothing was asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The second opinion on one disagreement.

    Attributes:
        verdict: What it says.
        expected: <v, J d> by finite differences, d the disagreement at the magnitude of its primal.
        actual: <vjp(v), d> by the layer.
        allowed: What they may differ by.
    """

    verdict: Verdict
    expected: float = 0.0
    actual: float = 0.0
    allowed: float = 0.0


def ask(point: Point, name: str, disagreement: Array, k: int, oracle: Oracle) -> Opinion:
    """Finite differences along the disagreement about one gradient.

    Args:
        point: The point of the check.
        name: The primal's name.
        disagreement: Actual minus expected, the primal's shape, 0 where nothing is disputed.
        k: Which cotangent saw it.
        oracle: Where expected values come from.
    """
    direction = direction_of(disagreement, point.subject.primals[name])
    if direction is None:
        return Opinion(verdict=Verdict.UNSEEN)
    there = _only(point, k)
    asked = _either(there, name, disagreement, direction, oracle)
    return (
        asked
        if asked.verdict is not Verdict.CONFIRMED
        else _upheld(asked, there, name, disagreement, direction, oracle)
    )


def _either(there: Point, name: str, disagreement: Array, direction: Array, oracle: Oracle) -> Opinion:
    """What is seen through the whole cotangent, or through that of the outputs that move."""
    first = _along(there, name, disagreement, direction, oracle)
    if first.verdict is not Verdict.UNSEEN:
        return first
    narrow = _moved_alone(there, name, direction)
    again = first if narrow is None else _along(narrow, name, disagreement, direction, oracle)
    # A backward that is not linear may be right for the smaller upstream gradient: only a confirmation counts.
    return again if again.verdict is Verdict.CONFIRMED else first


def _upheld(
    confirmed: Opinion, there: Point, name: str, disagreement: Array, direction: Array, oracle: Oracle
) -> Opinion:
    """A confirmation that does not rest on outputs without a derivative there, where no difference is a slope."""
    subject = there.subject
    departing = additivity.departures(subject, name, direction, there.y, 0)
    if not np.any(departing & (there.cotangents[0] != 0.0)):
        return confirmed
    left = np.where(departing, 0.0, there.cotangents[0])
    if subject.cotangent is not None or not np.any(left):
        return dataclasses.replace(confirmed, verdict=Verdict.KINK)
    again = _either(probing.at_cotangent(there, left), name, disagreement, direction, oracle)
    return again if again.verdict is Verdict.CONFIRMED else dataclasses.replace(confirmed, verdict=Verdict.KINK)


def _along(point: Point, name: str, disagreement: Array, direction: Array, oracle: Oracle) -> Opinion:
    # One call for all, so that all leave out the same kinked outputs.
    scales = (SECOND_STEP, FAR_STEP, CLOSE_STEP)
    _, rows = probing.take(point, [{name: scale * direction} for scale in scales], oracle)
    near, far, close = (_scaled(row[0], scale) for row, scale in zip(rows, scales, strict=True))
    if near.masked:
        return Opinion(verdict=Verdict.KINK)
    seen = next((probe for probe in (near, far) if probe.disagrees), None)
    if seen is None and near.thinned:
        return _told(near, Verdict.KINK)
    if seen is None:
        finest = min((near, far), key=lambda probe: probe.allowed)
        return _told(finest, Verdict.REFUTED if _resolved(finest, disagreement, direction) else Verdict.UNSEEN)
    # What other steps say of the same slope must differ by less than what the layer is off by: a function that
    # moves in jumps (float16 inside) has slope 0 at a small step, one that oscillates within a step none at all.
    off = abs(seen.actual - seen.expected)
    for other in (near, far, close):
        if other.allowed <= off / 2.0 and abs(other.expected - seen.expected) > off / 2.0:
            return _told(seen, Verdict.UNSEEN)
    return _told(seen, Verdict.CONFIRMED)


def _resolved(probe: Probe, disagreement: Array, direction: Array) -> bool:
    """Whether the disagreement, had the layer been wrong by it, would have shown in this probe."""
    return abs(float(np.sum(disagreement * direction))) > 2.0 * probe.allowed


def direction_of(disagreement: Array, x: Array) -> Array | None:
    """The disagreement at the magnitude of its primal, None where there is none."""
    support = int(np.count_nonzero(disagreement))
    if support == 0:
        return None
    direction: Array = disagreement * (steps.magnitude(x) * np.sqrt(support) / steps.norm(disagreement))
    return direction


def _moved_alone(point: Point, name: str, direction: Array) -> Point | None:
    """The point with the cotangent of the outputs that move along the direction, where most do not.

    What does not move adds its rounding to every bound and nothing to the derivative.
    """
    if point.subject.cotangent is not None:
        return None
    x = point.subject.primals[name]
    moved = point.subject.value({**point.subject.primals, name: x + REACH * direction}) != point.y
    if not np.any(moved) or 2 * np.count_nonzero(moved) > moved.size:
        return None
    return probing.at_cotangent(point, np.where(moved, point.cotangents[0], 0.0))


def _only(point: Point, k: int) -> Point:
    return dataclasses.replace(point, gradients=[point.gradients[k]], cotangents=[point.cotangents[k]])


def _scaled(probe: Probe, scale: float) -> Probe:
    """The probe per unit of the direction; one that is masked allows anything."""
    return dataclasses.replace(
        probe, expected=probe.expected / scale, actual=probe.actual / scale, allowed=probe.allowed / scale
    )


def _told(probe: Probe, verdict: Verdict) -> Opinion:
    return Opinion(verdict=verdict, expected=probe.expected, actual=probe.actual, allowed=probe.allowed)
