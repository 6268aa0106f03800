"""Numbers out of whatever a tape keeps them in: arrays, lists, Python numbers, tensors of its own."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from gradcheck.types import Array

#: Objects of other classes inside an object that are looked into for numbers.
DEPTH = 3


def array_of(held: Any, avoid: type | None = None, depth: int = DEPTH) -> Array | None:
    """The numbers that an object holds as a floating-point array; None where it holds none.

    Args:
        held: An array, a number, nested lists of those, or an object of an array library.
        avoid: A class whose objects are not looked into.
        depth: How many objects inside objects are looked into.
    """
    if isinstance(held, np.ndarray | np.generic | numbers.Real):
        return _floating(np.array(held))
    if isinstance(held, list | tuple):
        rows = [array_of(item, avoid, depth - 1) if depth else None for item in held]
        if any(row is None for row in rows) or len({row.shape for row in rows if row is not None}) > 1:
            return None
        return _floating(np.array(rows)) if rows else None
    if depth <= 0 or held is None or isinstance(held, str | bytes) or (avoid and isinstance(held, avoid)):
        return None
    convert = getattr(held, "numpy", None)
    return array_of(convert(), avoid, depth - 1) if callable(convert) else None


def _floating(array: Array) -> Array | None:
    if array.dtype == object:
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            return None
    if array.dtype.kind == "f":
        return array
    return array.astype(np.float64) if array.dtype.kind in "iub" else None
