"""The arrays behind each gradient that failed, for whoever explains or draws them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from gradcheck.judging import opinion
from gradcheck.judging.locating import Located
from gradcheck.judging.probing import Point
from gradcheck.numerics import steps
from gradcheck.types import Evidence, Oracle, StepError, Subject, Sweep

#: Numbers kept for one result, 64 MB: two failed gradients of 1000 x 1000 with what they were judged on.
MOST_NUMBERS = 8_000_000
#: Entries that finite differences fill in where a failed gradient was located in part, two forwards each.
MOST_FILLED = 4096
#: Failed gradients whose errors are taken at every step, sixteen forwards each.
MOST_SWEPT = 4
#: Steps of a sweep, in units of the direction: from visible truncation to visible rounding, a decade each.
SWEPT = tuple(10.0**-k for k in range(1, 9))


def gather(point: Point, located: Sequence[Located], judge: str) -> tuple[Evidence, ...]:
    """The evidence of every gradient that failed, in their order; it costs no forward.

    Args:
        point: The point of the check.
        located: What is known of those that failed.
        judge: Name of the oracle that judged.
    """
    room = MOST_NUMBERS - 2 * point.y.size - sum(x.size for x in point.subject.primals.values())
    found = []
    for one in located:
        room -= 3 * point.subject.primals[one.name].size
        found.append(_evidence(point, one, judge) if room >= 0 else _without_arrays(point, one, judge))
    return tuple(found)


def completed(found: Sequence[Evidence], subject: Subject, estimating: Oracle) -> tuple[Evidence, ...]:
    """The evidence of a certain failure with what costs forwards: unlocated entries, and errors against step size.

    Args:
        found: The evidence.
        subject: The function under check.
        estimating: Finite differences.
    """
    fillable, swept, whole = MOST_FILLED, 0, []
    for one in found:
        filled = one
        if one.kept and one.oracle and one.expected.size <= fillable and np.any(np.isnan(one.allowed)):
            fillable -= one.expected.size
            filled = _filled(one, subject, estimating)
        if filled.kept and filled.oracle and swept < MOST_SWEPT:
            swept += 1
            filled = dataclasses.replace(filled, sweep=_sweep(filled, subject))
        whole.append(filled)
    return tuple(whole)


def _evidence(point: Point, one: Located, judge: str) -> Evidence:
    x = point.subject.primals[one.name]
    expected, allowed = np.full(x.size, np.nan), np.full(x.size, np.nan)
    expected[one.indices] = one.expected
    allowed[one.indices] = one.allowed
    return Evidence(
        name=one.name,
        role=point.subject.roles[one.name],
        shape=x.shape,
        expected=expected.reshape(x.shape),
        actual=point.gradients[one.k][one.name],
        allowed=allowed.reshape(x.shape),
        oracle=judge,
        y_bar=point.cotangents[one.k],
        y=point.y,
        primals=point.subject.primals,
    )


def _without_arrays(point: Point, one: Located, judge: str) -> Evidence:
    nothing = np.zeros(0)
    return Evidence(
        name=one.name,
        role=point.subject.roles[one.name],
        shape=point.subject.primals[one.name].shape,
        expected=nothing,
        actual=nothing,
        allowed=nothing,
        oracle=judge,
        y_bar=nothing,
        y=nothing,
        kept=False,
    )


def _filled(one: Evidence, subject: Subject, estimating: Oracle) -> Evidence:
    """The entries that were not looked at as well; those on a kink stay unknown."""
    missing = np.flatnonzero(np.isnan(one.allowed))
    estimate = estimating.entries(subject, one.name, missing, one.y_bar, one.y)
    expected, allowed = one.expected.ravel().copy(), one.allowed.ravel().copy()
    expected[missing], allowed[missing] = estimate.value, estimate.error_bound
    return dataclasses.replace(one, expected=expected.reshape(one.shape), allowed=allowed.reshape(one.shape))


def _sweep(one: Evidence, subject: Subject) -> Sweep | None:
    """Central differences along the disagreement at every step, beside both sides."""
    x = subject.primals[one.name]
    direction = opinion.direction_of(np.nan_to_num(one.actual - one.expected), x)
    if direction is None:
        return None
    used = one.y_bar != 0.0
    ours, theirs = float(np.sum(one.expected * direction)), float(np.sum(one.actual * direction))
    taken = []
    for step in SWEPT:
        with np.errstate(all="ignore"):
            plus = subject.value({**subject.primals, one.name: x + step * direction})[used]
            minus = subject.value({**subject.primals, one.name: x - step * direction})[used]
            slope = float(np.sum(one.y_bar[used] * (plus - minus))) / (2.0 * step)
        taken.append(StepError(step=step, from_expected=abs(slope - ours), from_actual=abs(slope - theirs)))
    return Sweep(points=tuple(taken), chosen=opinion.SECOND_STEP * steps.stencil_step(subject.noise))
