"""Inputs at the edge: very large ones, constant rows, zeros, masks that hide everything.

Forward that stays finite there asks as much of backward. At a single point (zeros, equal entries) a derivative may
be infinite in truth, so that is told and does not fail; among large numbers at no point in particular it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.driving.found import Found
from gradcheck.driving.moments import Moment, alone, elsewhere, upstream_of
from gradcheck.types import Array, Context, Mismatch, Primals, Role, Session

#: Logits of this size saturate every exponential of float64, whose largest argument is 709.
LARGE = 1.0e4
#: Spread of entries that are nearly equal: its square, a variance, is 1e-16, below every epsilon added to one.
NEARLY = 1.0e-8
#: Answers of forward beyond this may have a derivative that overflows in truth: float64 ends at 1.8e308.
MOST_ANSWER = 1.0e100


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """One extreme input.

    Attributes:
        told: What it is.
        primals: Inputs and parameters.
        given: Other arguments of forward that differ from the case's.
        is_generic: Whether nothing is special about the point but its size.
    """

    told: str
    primals: Primals
    given: Mapping[str, Any] = field(default_factory=dict)
    is_generic: bool = False


def at_extremes(context: Context, drive: Callable[[], Session]) -> Iterator[Found]:
    """Run forward and backward at each extreme."""
    for extreme in _extremes(context):
        found = _asked(context, drive, extreme)
        if found is not None:
            yield found


def _extremes(context: Context) -> Iterator[Extreme]:
    subject = context.case.subject
    yield Extreme(told="inputs of 1e4", primals=_each(context, subject.primals, _large), is_generic=True)
    yield Extreme(told="rows of equal entries", primals=_each(context, subject.primals, _equal))
    yield Extreme(told="equal rows", primals=_each(context, subject.primals, _repeated))
    yield Extreme(told="rows of nearly equal entries", primals=_each(context, subject.primals, _nearly_equal))
    if all(np.all((x >= 0) & (x <= 1)) for n, x in subject.primals.items() if subject.roles[n] is Role.INPUT):
        yield Extreme(told="inputs of 0 and 1", primals=_each(context, subject.primals, np.rint))
    yield Extreme(told="inputs of 0", primals=_each(context, subject.primals, np.zeros_like))
    masks = {n: v for n, v in context.case.given.items() if "mask" in n.lower() and isinstance(v, np.ndarray)}
    for fill, told in ((np.zeros_like, "0"), (np.ones_like, "1")):
        if masks:
            given = {name: fill(value) for name, value in masks.items()}
            yield Extreme(told=f"a mask of {told} throughout", primals=subject.primals, given=given)


def _each(context: Context, primals: Primals, change: Callable[[Array], Array]) -> dict[str, Array]:
    roles = context.case.subject.roles
    return {name: change(x) if roles[name] is Role.INPUT else x for name, x in primals.items()}


def _large(x: Array) -> Array:
    return LARGE * x


def _equal(x: Array) -> Array:
    return np.array(np.broadcast_to(x[..., :1], x.shape)) if x.ndim else x


def _repeated(x: Array) -> Array:
    return np.array(np.broadcast_to(x[:1], x.shape)) if x.ndim else x


def _nearly_equal(x: Array) -> Array:
    return _equal(x) + NEARLY * x


def _asked(context: Context, drive: Callable[[], Session], extreme: Extreme) -> Found | None:
    """What came of one extreme; None where forward refuses it."""
    moment = _moment(context, drive, extreme.primals, extreme.given)
    if moment is None:
        return None
    if not np.all(np.isfinite(moment.y)):
        told = f"{extreme.told}: forward is not finite there"
        return Found(told=told, notes=(f"for {extreme.told} forward is not finite",) if extreme.is_generic else ())
    broken = _broken(moment)
    if not broken:
        return Found(compared=len(moment.gradients), told=f"{extreme.told}: finite")
    name = broken[0]
    sure = extreme.is_generic and float(np.max(np.abs(moment.y), initial=0.0)) < MOST_ANSWER
    again = _moment(context, drive, _each(context, elsewhere(context.case.subject), _large), {}) if sure else None
    if again is not None and np.all(np.isfinite(again.y)) and name in _broken(again):
        return Found(
            compared=len(moment.gradients),
            failure=f"for {extreme.told} the gradient of `{name}` is not finite, forward is",
            mismatches=_mismatches(name, moment.gradients[name]),
            hint=("backward may take an exponential or a quotient that forward avoids",),
        )
    return Found(
        compared=len(moment.gradients),
        notes=(f"for {extreme.told} the gradient of `{name}` is not finite, forward is",),
    )


def _moment(
    context: Context, drive: Callable[[], Session], primals: Primals, given: Mapping[str, Any]
) -> Moment | None:
    try:
        return alone(drive, primals, upstream_of(context, "cotangent 0"), given=given)
    except Exception:  # noqa: BLE001 - the user's layer may refuse what is outside of its domain
        return None


def _broken(moment: Moment) -> list[str]:
    return [name for name, gradient in moment.gradients.items() if not np.all(np.isfinite(gradient))]


def _mismatches(name: str, gradient: Array) -> tuple[Mismatch, ...]:
    first = int(np.flatnonzero(~np.isfinite(gradient))[0])
    index = ", ".join(str(int(i)) for i in np.unravel_index(first, gradient.shape))
    where = f"{name}[{index}]" if index else name
    return (Mismatch(where=where, expected=0.0, actual=float(gradient.flat[first]), allowed=0.0),)
