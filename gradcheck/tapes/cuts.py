"""Where a module cuts its graph: a tensor made anew of numbers that were computed from what should have a gradient.

Every tensor that forward makes is noted with the line that made it, twice: at a point, and with one primal moved. A
tensor from which no operand can be reached though its numbers moved is where the graph was cut.
"""

from __future__ import annotations

import contextlib
import os
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.numerics import sampling, steps
from gradcheck.tapes.model import Tape
from gradcheck.tapes.program import Program, Run
from gradcheck.types import Primals

#: Objects between a tensor and its operands: an edge, a context, a closure's cell.
DEPTH = 4
#: How far a primal is moved to see what moves with it.
MOVED = 0.3
#: Places that are told.
MOST_PLACES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A tensor that forward made, and the line of the project's that did, the Tensor's own methods apart."""

    tensor: Any
    place: str


def cuts(program: Program, point: Primals, name: str) -> list[str]:
    """Lines, as `file.py:12`, at which what was computed from a primal leaves the graph; empty where none was seen."""
    x = point[name]
    rng = sampling.generator(program.evaluator.seed, f"cut {name}")
    moved = {**point, name: x + MOVED * steps.magnitude(x) * sampling.gaussian(rng, x.shape)}
    try:
        run, first = _recorded(program, point)
        _, second = _recorded(program, moved)
    except Exception:  # noqa: BLE001 - the user's forward may raise anything once moved; then the place is not told
        return []
    if len(first) != len(second):
        return []
    reached = _below(run.outputs, program.tape)
    own = {id(leaf) for leaves in run.leaves.values() for leaf in leaves}
    found: dict[str, None] = {}
    for one, other in zip(first, second, strict=True):
        is_leaf = id(one.tensor) not in own and not operands(one.tensor, program.tape)
        if is_leaf and id(one.tensor) in reached and _moved(one.tensor, other.tensor, program.tape):
            found[one.place] = None
    return [place for place in found if place][:MOST_PLACES]


def is_disconnected(program: Program, point: Primals) -> bool:
    """Whether nothing that forward was handed, and no parameter, can be reached from any output."""
    run = program.evaluator.run(lambda: program.run(point))
    reached = _below(run.outputs, program.tape)
    return not any(id(leaf) in reached for leaves in run.leaves.values() for leaf in leaves)


def operands(tensor: Any, tape: Tape) -> list[Any]:
    """The tensors a tensor was computed from, wherever it keeps them: lists, edges, contexts, closures."""
    found: dict[int, Any] = {}
    seen: set[int] = {id(tensor)}
    waiting = [(value, DEPTH) for value in _parts(tensor)]
    while waiting:
        value, depth = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if tape.holds(value):
            found[id(value)] = value
        elif depth:
            waiting += [(part, depth - 1) for part in _parts(value)]
    return list(found.values())


def _below(outputs: Any, tape: Tape) -> set[int]:
    reached: set[int] = set()
    waiting = list(outputs)
    while waiting:
        tensor = waiting.pop()
        if id(tensor) not in reached:
            reached.add(id(tensor))
            waiting += operands(tensor, tape)
    return reached


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if isinstance(value, types.MethodType):
        return [value.__self__]
    if isinstance(value, types.FunctionType):
        cells = value.__closure__ or ()
        return [*_contents(cells), *(value.__defaults__ or ())]
    if isinstance(value, str | bytes | int | float | complex | np.ndarray | np.generic | type | types.ModuleType):
        return []
    held = [getattr(value, name, None) for base in type(value).__mro__ for name in _slots(base)]
    return [*held, *(vars(value).values() if hasattr(value, "__dict__") else ())]


def _slots(base: type) -> tuple[str, ...]:
    named = vars(base).get("__slots__", ())
    return (named,) if isinstance(named, str) else tuple(named)


def _contents(cells: Any) -> Iterator[Any]:
    for cell in cells:
        with contextlib.suppress(ValueError):  # a name of the closure that was never bound
            yield cell.cell_contents


def _moved(first: Any, second: Any, tape: Tape) -> bool:
    before, after = tape.read(first), tape.read(second)
    if before is None or after is None:
        return False
    return before.shape != after.shape or not np.array_equal(before, after, equal_nan=True)


def _recorded(program: Program, point: Primals) -> tuple[Run, list[_Made]]:
    made: list[_Made] = []
    cls: Any = program.tape.cls
    own = _codes_of(cls)
    inherited = cls.__new__

    def plain(kind: Any, *arguments: Any, **named: Any) -> Any:
        return inherited(kind) if inherited is object.__new__ else inherited(kind, *arguments, **named)

    def noting(kind: Any, *arguments: Any, **named: Any) -> Any:
        tensor = plain(kind, *arguments, **named)
        made.append(_Made(tensor=tensor, place=_place(own)))
        return tensor

    cls.__new__ = noting
    try:
        run = program.evaluator.run(lambda: program.run(point))
    finally:
        # Not taken away: a class that once had a `__new__` of its own hands object's the arguments of `__init__`.
        cls.__new__ = plain
    return run, made


def _place(own: set[types.CodeType]) -> str:
    """The nearest line of the user's outside the Tensor's file, else outside its methods."""
    homes = {code.co_filename for code in own}
    nearest = ""
    frame: types.FrameType | None = sys._getframe(2)  # noqa: SLF001 - the only way to know who calls
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(PACKAGE):
            break
        if frame.f_code not in own and os.path.exists(file):  # noqa: PTH110 - a name of generated code is no path
            place = f"{file}:{frame.f_lineno}"
            if file not in homes:
                return place
            nearest = nearest or place
        frame = frame.f_back
    return nearest


def _codes_of(cls: type) -> set[types.CodeType]:
    found = set()
    for base in cls.__mro__:
        for value in vars(base).values():
            function = getattr(value, "fget", None) or getattr(value, "__func__", value)
            if isinstance(function, types.FunctionType):
                found.add(function.__code__)
    return found


#: Where frames are our own.
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - a prefix of strings


def shown(place: str, root: str) -> str:
    """A place relative to the project root."""
    file, _, line = place.rpartition(":")
    return f"{os.path.relpath(file, root)}:{line}"
