"""The median of an array, without what NumPy's own asks first: it loads masked arrays and takes ten times as long."""

from __future__ import annotations

import numpy as np

from gradcheck.types import Array


def median(values: Array) -> float:
    """The middle one of all entries, the mean of the middle two where their number is even.

    Args:
        values: Any shape, at least one entry.

    Returns:
        NaN where an entry is.
    """
    flat = values.ravel()
    middle = flat.size // 2
    first = middle if flat.size % 2 else middle - 1
    # The largest as well: NaN is sorted behind every number.
    ordered = np.partition(flat, (first, middle, flat.size - 1))
    return float("nan") if np.isnan(ordered[-1]) else float(ordered[first : middle + 1].mean())
