"""Choices among values, order, and what is written at chosen places."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.indexing import getitem, positions, setitem
from gradcheck.tracing.tape import Tape
from gradcheck.tracing.writing import deliver, write


def where(tape: Tape, condition: Any, *choices: Any) -> Any:
    """np.where."""
    if not choices:
        return np.where(_plain(condition))
    x, y = tape.operands(choices)
    chosen = tape.constant(np.asarray(_plain(condition), dtype=np.bool_))
    return tape.wrap(tape.torch.where(chosen, x, y))


def clip(
    tape: Tape,
    a: Any,
    a_min: Any = None,
    a_max: Any = None,
    out: Any = None,
    *,
    min: Any = None,
    max: Any = None,
    **_: Any,
) -> Any:
    """np.clip."""
    low, high = (next((v for v in pair if not _is_absent(v)), None) for pair in ((a_min, min), (a_max, max)))
    given = [v for v in (low, high) if v is not None]
    x, *bounds = tape.operands((a, *given))
    if low is not None:
        x = tape.torch.maximum(x, bounds.pop(0))
    if high is not None:
        x = tape.torch.minimum(x, bounds.pop(0))
    return deliver(tape, tape.wrap(x), out)


def rounded(tape: Tape, a: Any, decimals: Any = 0, out: Any = None) -> Any:
    """np.round."""
    return deliver(tape, tape.wrap(tape.torch.round(tape.operands((a,))[0], decimals=int(decimals))), out)


def nan_to_num(tape: Tape, x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """np.nan_to_num."""
    result = tape.wrap(tape.torch.nan_to_num(tape.operands((x,))[0], nan, posinf, neginf))
    if copy:
        return result
    write(tape, x, result)
    return x


def sort(tape: Tape, a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """np.sort."""
    x = tape.operands((a,))[0]
    x, axis = (x.reshape(-1), 0) if axis is None else (x, int(axis))
    return tape.wrap(tape.torch.sort(x, axis, stable=True).values)


def partition(tape: Tape, a: Any, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None) -> Any:
    """np.partition: NumPy says which entry goes where."""
    order_of = np.argpartition(a.plain(), kth, axis, kind, order)
    return tape.on_function(np.take_along_axis, (a, order_of, axis), {})  # type: ignore[attr-defined] # the recorder's


def diff(tape: Tape, a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """np.diff."""
    if not (_is_absent(prepend) and _is_absent(append)):
        tape.refuse("np.diff with prepend or append")
    return tape.wrap(tape.torch.diff(tape.operands((a,))[0], n, axis))


def copyto(tape: Tape, dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """np.copyto."""
    if where is True:
        write(tape, dst, src)
        return
    if type(dst) is not Traced:
        tape.refuse("a traced value is copied into a plain array")
    kept = tape.torch.where(tape.constant(np.asarray(where)), tape.tensor(src, dst.dtype), dst.tensor)
    write(tape, dst, tape.wrap(kept))


def put(tape: Tape, a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """np.put."""
    places = _flat(tape, a, mode)[np.asarray(ind).ravel()]
    values = _flattened(tape, v, places.size)
    setitem(tape, a, np.unravel_index(places, a.shape), values)


def put_along_axis(tape: Tape, arr: Any, indices: Any, values: Any, axis: Any = -1) -> None:
    """np.put_along_axis."""
    if type(arr) is not Traced:
        tape.refuse("a traced value is put into a plain array")
    places = np.take_along_axis(positions(arr.shape), np.asarray(indices), axis)
    setitem(tape, arr, np.unravel_index(places, arr.shape), values)


def place(tape: Tape, arr: Any, mask: Any, vals: Any) -> None:
    """np.place."""
    places = _flat(tape, arr, "raise")[np.asarray(mask).ravel().astype(bool)]
    setitem(tape, arr, np.unravel_index(places, arr.shape), _flattened(tape, vals, places.size))


def putmask(tape: Tape, a: Any, mask: Any, values: Any) -> None:
    """np.putmask."""
    places = _flat(tape, a, "raise")[np.asarray(mask).ravel().astype(bool)]
    repeated = _flattened(tape, values, a.size)
    setitem(tape, a, np.unravel_index(places, a.shape), getitem(tape, repeated, places))


def fill_diagonal(tape: Tape, a: Any, val: Any, wrap: bool = False) -> None:
    """np.fill_diagonal."""
    marked = np.zeros(a.shape, bool)
    np.fill_diagonal(marked, True, wrap)  # noqa: FBT003 - NumPy's signature
    put(tape, a, np.flatnonzero(marked), val)


def _flat(tape: Tape, a: Any, mode: str) -> Any:
    if type(a) is not Traced:
        tape.refuse("a traced value is put into a plain array")
    if mode != "raise":
        tape.refuse(f"np.put with mode={mode!r}")
    return np.arange(a.size)


def _flattened(tape: Tape, values: Any, size: int) -> Traced:
    tensor = tape.operands((values,))[0].reshape(-1)
    return tape.wrap(tensor[tape.constant(np.arange(size) % tensor.numel())])


def _plain(condition: Any) -> Any:
    return condition.plain() if type(condition) is Traced else condition


def _is_absent(value: Any) -> bool:
    return value is None or value is np._NoValue  # type: ignore[attr-defined]  # noqa: SLF001 - NumPy's "not given"
