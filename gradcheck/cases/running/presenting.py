"""Memory layouts: the same values, lying otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from gradcheck.types import Array

#: What the layouts are called, the plain one first.
C_ORDER, FORTRAN, SLICED, REVERSED, BROADCAST, READ_ONLY = "", "fortran", "sliced", "reversed", "broadcast", "read-only"


def laid_out(array: Array, layout: str) -> Array:
    """A copy of an array with its values in another memory layout.

    Args:
        array: The array.
        layout: One of `LAYOUTS`; a broadcast view needs values that repeat along the first axis, and is plain
            elsewhere.
    """
    return _MAKERS[layout](array) if array.ndim and array.size else array.copy()


def repeated(array: Array) -> Array:
    """The values of the first row in every row: what a broadcast view can hold."""
    return np.array(np.broadcast_to(array[:1], array.shape), order="C") if array.ndim and array.size else array


def _sliced(array: Array) -> Array:
    wide = np.repeat(array, 2, axis=-1)
    return wide[..., ::2]


def _reversed(array: Array) -> Array:
    return np.flip(np.flip(array).copy())


def _broadcast(array: Array) -> Array:
    return np.broadcast_to(array[:1].copy(), array.shape) if np.all(array == array[:1]) else array.copy()


def _read_only(array: Array) -> Array:
    fixed = array.copy()
    fixed.flags.writeable = False
    return fixed


_MAKERS: Final[Mapping[str, Callable[[Array], Array]]] = {
    C_ORDER: np.ndarray.copy,
    FORTRAN: lambda array: np.array(array, order="F"),
    SLICED: _sliced,
    REVERSED: _reversed,
    BROADCAST: _broadcast,
    READ_ONLY: _read_only,
}
#: Python that lays an array out, by layout.
CODE: Final[Mapping[str, str]] = {
    C_ORDER: "{}",
    FORTRAN: "np.asfortranarray({})",
    SLICED: "np.repeat({}, 2, axis=-1)[..., ::2]",
    REVERSED: "np.flip(np.flip({}).copy())",
    BROADCAST: "np.broadcast_to({0}[:1], {0}.shape)",
    READ_ONLY: "{}",
}
LAYOUTS: Final = tuple(_MAKERS)
