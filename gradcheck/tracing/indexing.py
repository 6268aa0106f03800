"""Reading and writing parts of an array, with NumPy's rules for every kind of key."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.tape import Tape
from gradcheck.types import Array


def getitem(tape: Tape, array: Traced, key: Any) -> Any:
    """x[key]: a view where NumPy gives one and no step is negative."""
    basic = _basic(key)
    if basic is not None:
        result = array.tensor[basic]
        return Traced(result, tape, is_scalar=not result.ndim and not _has_ellipsis(basic))  # type: ignore[arg-type] # Recorder
    key = _numpy_key(tape, key)
    rows = _rows(key, array)
    if rows is not None:
        return tape.wrap(array.tensor[tape.constant(rows)])
    return gather(tape, array.tensor, positions(array.shape)[key])


def setitem(tape: Tape, array: Traced, key: Any, value: Any) -> None:
    """x[key] = value; of several values for one place the last one stays."""
    tape.writing(array.tensor)
    values = tape.apart(tape.tensor(_as_operand(tape, value), array.dtype), array.tensor)
    basic = _basic(key)
    if basic is not None:
        array.tensor[basic] = values
        return
    places = positions(array.shape)[_numpy_key(tape, key)]
    places_of_values = np.broadcast_to(np.arange(places.size).reshape(places.shape), places.shape).ravel()
    flat = places.ravel()
    _, last = np.unique(flat[::-1], return_index=True)
    keep = flat.size - 1 - last
    target = _unraveled(tape, flat[keep], array.shape)
    while values.ndim > places.ndim and values.shape[0] == 1:
        values = values[0]
    spread = values.expand(places.shape).reshape(-1) if places.size else values.new_zeros(0)
    chosen = spread[tape.constant(places_of_values[keep])] if keep.size else spread
    if not array.ndim:
        if keep.size:
            array.tensor.copy_(chosen[0])
        return
    array.tensor.index_put_(target, chosen)


def add_at(tape: Tape, array: Any, key: Any, value: Any, sign: float = 1.0) -> None:
    """np.add.at: every value for one place is added."""
    if type(array) is not Traced:
        tape.refuse("a traced value is added into a plain array by np.add.at")
    tape.writing(array.tensor)
    places = positions(array.shape)[_numpy_key(tape, key)]
    values = (sign * tape.tensor(_as_operand(tape, value), array.dtype)).expand(places.shape).reshape(-1)
    array.tensor.index_put_(_unraveled(tape, places.ravel(), array.shape), values, accumulate=True)


def gather(tape: Tape, tensor: Any, places: Any) -> Any:
    """The entries of a tensor at flat positions, in the positions' shape."""
    places = np.asarray(places)
    chosen = tensor.reshape(-1)[tape.constant(places.ravel(), np.dtype(np.int64))]
    return tape.wrap(chosen.reshape(places.shape))


def positions(shape: tuple[int, ...]) -> Array:
    """Flat positions in the shape of an array: what NumPy does to them it does to the entries."""
    return np.arange(int(np.prod(shape, dtype=np.int64))).reshape(shape)


def _unraveled(tape: Tape, flat: Array, shape: tuple[int, ...]) -> tuple[Any, ...]:
    return tuple(tape.constant(index) for index in np.unravel_index(flat, shape))


def _as_operand(tape: Tape, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tape.on_function(np.array, (value,), {})  # type: ignore[attr-defined] # the recorder's
    return value


def _basic(key: Any) -> Any:
    """The key in torch's words where it makes a view, None otherwise."""
    parts = key if isinstance(key, tuple) else (key,)
    found: list[Any] = []
    for part in parts:
        if part is None or part is Ellipsis:
            found.append(part)
        elif isinstance(part, slice):
            if part.step is not None and part.step < 0:
                return None
            found.append(slice(*(None if v is None else int(v) for v in (part.start, part.stop, part.step))))
        elif isinstance(part, (int, np.integer)) and not isinstance(part, (bool, np.bool_)):
            found.append(int(part))
        else:
            return None
    return tuple(found)


def _has_ellipsis(basic: tuple[Any, ...]) -> bool:
    return any(part is Ellipsis for part in basic)


def _rows(key: Any, array: Traced) -> Array | None:
    """The key as whole numbers along the first axis, the commonest one: no positions need to be made."""
    if isinstance(key, np.ndarray) and key.ndim and key.dtype.kind in "iu" and array.ndim:
        found = key.astype(np.int64)
        if found.size and (found.min() < -len(array) or found.max() >= len(array)):
            raise IndexError(f"index out of bounds for axis 0 with size {len(array)}")
        return found
    return None


def _numpy_key(tape: Tape, key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(_numpy_key(tape, part) for part in key)
    if type(key) is Traced:
        tape.refuse("a traced value is used as an index")
    return key
