"""Functions that only move entries about: NumPy itself moves their positions, torch fetches the entries.

Every rule of NumPy's on shapes, axes, modes and defaults holds by construction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.indexing import gather
from gradcheck.tracing.tape import Tape
from gradcheck.types import Array

#: Functions whose answer holds entries of their arguments, in another order or several times, and zeros: name to
#: the places of those arguments; None is all of them. What else they are given are shapes, axes and indices.
MOVING: Mapping[str, tuple[int | str, ...] | None] = {
    **dict.fromkeys(("roll", "repeat", "take", "resize"), (0, "a")),
    **dict.fromkeys(("rot90", "flip", "fliplr", "flipud", "tril", "triu"), (0, "m")),
    **dict.fromkeys(("diag", "diagflat"), (0, "v")),
    **dict.fromkeys(("split", "array_split", "hsplit", "vsplit", "dsplit"), (0, "ary")),
    **dict.fromkeys(("broadcast_arrays", "atleast_1d", "atleast_2d", "atleast_3d", "meshgrid"), None),
    "tile": (0, "A"),
    "take_along_axis": (0, "arr"),
    "delete": (0, "arr"),
    "insert": (0, "arr", 2, "values"),
    "append": (0, "arr", 1, "values"),
    "compress": (1, "a"),
    "extract": (1, "arr"),
    "choose": (1, "choices"),
    "select": (1, "choicelist", 2, "default"),
    "column_stack": (0, "tup"),
    "block": (0, "arrays"),
    "unstack": (0, "x"),
}


class _Positions:
    """Gives every array among the arguments positions of its own; position 0 is a zero."""

    def __init__(self, tape: Tape, dtype: np.dtype[Any]) -> None:
        self.tape = tape
        self.dtype = dtype
        self.pieces: list[Any] = [tape.torch.zeros(1, dtype=tape.to_torch[dtype])]
        self.count = 1

    def of(self, value: Any) -> Any:
        """Positions for data: arrays, numbers, lists of them."""
        if isinstance(value, (list, tuple)):
            made = [self.of(item) for item in value]
            return made if isinstance(value, list) else tuple(made)
        return self._numbered(value if type(value) is Traced else np.asarray(value))

    def _numbered(self, value: Any) -> Array:
        tensor = self.tape.tensor(value, self.dtype).reshape(-1)
        places = np.arange(self.count, self.count + tensor.numel()).reshape(value.shape)
        self.pieces.append(tensor)
        self.count += tensor.numel()
        return places

    def fetch(self, places: Any) -> Any:
        if isinstance(places, (list, tuple)):
            found = [self.fetch(item) for item in places]
            return found if isinstance(places, list) else tuple(found)
        return gather(self.tape, self.tape.torch.cat(self.pieces), places)


def move(tape: Tape, function: Any, positional: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Run one of `MOVING`."""
    if keywords.pop("out", None) is not None:
        tape.refuse(f"np.{function.__name__} with out=")
    data = MOVING[function.__name__]
    places = _Positions(tape, _dtype(tape, (positional, keywords)))
    given: dict[int | str, Any] = {**dict(enumerate(positional)), **keywords}
    for place, value in given.items():
        if (data is None and isinstance(place, int)) or (data is not None and place in data):
            given[place] = places.of(value)
        elif _holds(value):
            tape.refuse(f"a traced value says where np.{function.__name__} moves entries")
    if function.__name__ == "select" and len(positional) < 3:
        given.setdefault("default", 0)  # position 0 is the zero that NumPy's default is
    moved = [given[place] for place in range(len(positional))]
    return places.fetch(function(*moved, **{name: given[name] for name in given if isinstance(name, str)}))


def pad(tape: Tape, array: Any, pad_width: Any, mode: Any = "constant", **keywords: Any) -> Any:
    """np.pad with constants, edges, reflections and wraps."""
    if (
        mode not in {"constant", "edge", "reflect", "symmetric", "wrap", "empty"}
        or keywords.get("reflect_type", "even") != "even"
    ):
        tape.refuse(f"np.pad with mode={mode!r}")
    places = _Positions(tape, array.dtype)
    numbered = places.of(array)
    constants = keywords.pop("constant_values", 0)
    moved = places.fetch(np.pad(numbered, pad_width, mode, **keywords))
    if mode != "constant" or (type(constants) in {int, float} and constants == 0):
        return moved
    if _holds(constants):
        tape.refuse("np.pad with a traced constant")
    filled = np.pad(np.zeros(array.shape), pad_width, mode, constant_values=constants)
    inside = np.pad(np.ones(array.shape, bool), pad_width, mode)
    return tape.wrap(tape.torch.where(tape.constant(inside), moved.tensor, tape.constant(filled, array.dtype)))


def windows(tape: Tape, x: Any, function: Any, *positional: Any, **keywords: Any) -> Any:
    """as_strided and sliding_window_view, read only.

    as_strided is told bytes: positions of eight bytes each stand for entries of `itemsize`.
    """
    if function.__name__ == "as_strided":
        return _strided(tape, x, *positional, **keywords)
    if keywords.pop("writeable", False):
        tape.refuse("a writeable window view")
    return gather(tape, x.tensor, function(np.arange(x.size).reshape(x.shape), *positional, **keywords))


def _strided(
    tape: Tape, x: Any, shape: Any = None, strides: Any = None, subok: Any = False, writeable: Any = True
) -> Any:
    shape = x.shape if shape is None else tuple(int(n) for n in np.atleast_1d(np.asarray(shape)))
    strides = x.strides if strides is None else tuple(int(s) for s in np.atleast_1d(np.asarray(strides)))
    if any(stride < 0 or stride % x.itemsize for stride in strides):
        tape.refuse("as_strided with strides that are no whole entries")
    steps = tuple(stride // x.itemsize for stride in strides)
    reach = sum((n - 1) * step for n, step in zip(shape, steps, strict=True)) if all(shape) else 0
    extent = sum((n - 1) * step for n, step in zip(x.tensor.shape, x.tensor.stride(), strict=True)) if x.size else 0
    if reach > extent:
        tape.refuse("as_strided beyond the array's own entries")
    return tape.wrap(x.tensor.as_strided(shape, steps))


def holds(value: Any) -> bool:
    """Whether a traced array is somewhere in nested lists and tuples."""
    return _holds(value)


def _holds(value: Any) -> bool:
    if type(value) is Traced:
        return True
    if isinstance(value, dict):
        return any(_holds(item) for item in value.values())
    return isinstance(value, (list, tuple)) and any(_holds(item) for item in value)


def _dtype(tape: Tape, value: Any) -> np.dtype[Any]:
    found: list[Any] = []
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, (list, tuple)):
            pending.extend(item)
        elif type(item) is Traced or (isinstance(item, (np.ndarray, np.floating)) and item.dtype.kind == "f"):
            found.append(item)
    return tape.common(tuple(found))
