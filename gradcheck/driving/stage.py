"""The points at which a layer is driven, and what it answers there when it is called once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.cases.declaring.expectations import REUSED
from gradcheck.driving.moments import Moment, after_a_step, alone, elsewhere, upstream_of
from gradcheck.driving.rows import rows_of
from gradcheck.types import Array, Case, Context, Session, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The points at which a layer is driven.

    Attributes:
        subject: The layer.
        drive: Opens a session.
        first: The point of the case.
        second: Other inputs, ids and targets, another upstream gradient, other random numbers.
        stepped: The first point with the parameters of a step later; the first itself where there are none.
        reuses: Whether it is declared that the arrays a call returns are written again by the next one.
        layer: The layer's identity, as configuration names it.
    """

    subject: Subject
    drive: Callable[[], Session]
    first: Moment
    second: Moment
    stepped: Moment
    reuses: bool = False
    layer: str = ""


def staged(context: Context, drive: Callable[[], Session]) -> Stage:
    """Find three points at which the layer, called once, runs and is finite.

    Raises:
        Exception: What the layer raises at the point of the case.
    """
    subject = context.case.subject
    upstream = upstream_of(context, "cotangent 0")
    first = alone(drive, subject.primals, upstream)
    other = upstream_of(context, "cotangent 1")
    turned = _of_one_row(context.case)
    second = _finite(lambda: alone(drive, elsewhere(subject), other, draw=1, given=turned), first)
    if second is None and turned:
        second = _finite(lambda: alone(drive, elsewhere(subject), other, draw=1), first)
    if second is None:
        second = alone(drive, subject.primals, other, draw=1)
    moved = any(x is not subject.primals[name] for name, x in after_a_step(subject).items())
    stepped = _finite(lambda: alone(drive, after_a_step(subject), upstream), first) if moved else None
    return Stage(
        subject=subject,
        drive=drive,
        first=first,
        second=second,
        stepped=stepped or first,
        reuses=context.expect == REUSED,
        layer=context.case.layer,
    )


def _of_one_row(case: Case) -> dict[str, Array]:
    """What forward is handed beside the primals, row by row (ids, targets, masks), with the first row throughout.

    Valid as before, and without the ids that the first row has not: what was kept of those is told apart.
    """
    rows = rows_of(case)
    given = rows.given(range(rows.count)) if rows is not None else {}
    return {name: np.take(value, [0] * len(value), 0) for name, value in given.items() if rows and rows.axis == 0}


def _finite(make: Callable[[], Moment], first: Moment) -> Moment | None:
    try:
        moment = make()
    except Exception:  # noqa: BLE001 - the user's layer may refuse what it was not asked to take
        return None
    finite = all(np.all(np.isfinite(values)) for values in (moment.y, *moment.gradients.values()))
    return moment if finite and moment.y.shape == first.y.shape else None
