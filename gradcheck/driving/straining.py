"""Where a narrow dtype is strained: long sums, and inputs that share a large offset."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.driving.found import Found
from gradcheck.driving.narrowing import Narrow, compared_with_float64
from gradcheck.driving.rows import rows_of
from gradcheck.types import Context, Role, Session

#: Rows of a long sum: added one by one in float32, their rounding is some 4e-4 of the sum at worst.
MOST_ROWS = 4096
#: What is added to every input: float32 keeps four digits of what is of order one beside it.
OFFSET = 1.0e3


def strained(context: Context, drive: Callable[[], Session], dtype: Any) -> Iterator[Found]:
    """Compare with float64 where digits are lost most easily; what is lost is told."""
    subject = context.case.subject
    inputs = {name: x for name, x in subject.primals.items() if subject.roles[name] is Role.INPUT}
    moved = {**subject.primals, **{name: x + OFFSET for name, x in inputs.items()}}
    if inputs:
        there = Narrow(context=context, drive=drive, dtype=dtype, primals=moved, told=" of inputs offset by 1e3")
        yield _told(there)
    rows = rows_of(context.case)
    if rows is not None:
        many = [i % rows.count for i in range(MOST_ROWS)]
        yield _told(
            Narrow(
                context=context, drive=drive, dtype=dtype, primals=rows.primals(many), given=rows.given(many),
                told=f" of {MOST_ROWS} rows",
            )
        )  # fmt: skip


def _told(narrow: Narrow) -> Found:
    try:
        with np.errstate(all="ignore"):
            return compared_with_float64(narrow, may_fail=False)
    except Exception:  # noqa: BLE001 - the user's layer may refuse what is outside of its domain
        return Found()
