"""Which entries of a gradient are wrong, from residuals of directions supported on some of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.types import Array

#: Bisection stops once it has isolated this many entries ...
MOST_ENTRIES = 16
#: ... or has spent this many forwards.
MOST_FORWARDS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Flat indices of wrong entries, whether there may be more, and the forwards it took."""

    indices: Array
    complete: bool
    forwards: int


def bisect(
    residual: Callable[[Array], float],
    size: int,
    parent: float,
    allowed: float,
    *,
    forwards_each: int = 2,
    most_entries: int = MOST_ENTRIES,
    most_forwards: int = MOST_FORWARDS,
) -> Location:
    """Locate wrong entries in O(k log N) residuals.

    The residual of a direction u supported on a set of entries is <actual - expected, u>; it is linear, so the
    right half's is the parent's less the left half's and costs nothing.

    Args:
        residual: Flat indices -> residual of the direction restricted to them.
        size: N, the number of entries.
        parent: Residual of the whole direction.
        allowed: Residuals at or below this are rounding.
        forwards_each: Forwards of one residual.
        most_entries: Stop after so many entries.
        most_forwards: Stop after so many forwards.
    """
    found: list[int] = []
    forwards = 0
    pending: list[tuple[int, int, float]] = [(0, size, parent)]
    while pending:
        # The largest residual first: what is cut off is the least important.
        pending.sort(key=lambda span: abs(span[2]))
        start, stop, value = pending.pop()
        if stop - start == 1:
            found.append(start)
            if len(found) >= most_entries:
                break
            continue
        if forwards + forwards_each > most_forwards:
            pending.append((start, stop, value))
            break
        middle = (start + stop) // 2
        left = residual(np.arange(start, middle))
        forwards += forwards_each
        right = value - left
        pending.extend(span for span in ((start, middle, left), (middle, stop, right)) if abs(span[2]) > allowed)
    return Location(indices=np.array(sorted(found), dtype=np.intp), complete=not pending, forwards=forwards)
