"""Everything that can be changed and that a training reaches: objects, arrays, closures, the globals its code names."""

from __future__ import annotations

import functools
import sys
import types
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

#: More objects than a training of a thousand layers holds; beyond lies a data set of Python objects.
MOST_OBJECTS = 500_000

_ATOMS = (str, bytes, int, float, complex, bool, type(None), range, slice)
_LIBRARIES = {"numpy", "torch", "scipy", "gradcheck", "pytest", "_pytest", "pluggy", "tqdm", "matplotlib", "rich"}


def reachable(roots: Iterable[object]) -> Iterator[Any]:
    """Yield every object that the roots lead to, each once, libraries' own modules and classes left out."""
    seen: set[int] = set()
    kept: list[object] = []  # what is made on the way must live, or its identity is given away again
    pending = deque(roots)
    while pending and len(seen) < MOST_OBJECTS:
        owner = pending.popleft()
        if isinstance(owner, _ATOMS) or id(owner) in seen:
            continue
        seen.add(id(owner))
        kept.append(owner)
        yield owner
        pending.extend(_children(owner))


def is_library(name: str | None) -> bool:
    """Whether a module of this name belongs to Python or to a library, and so holds nothing of the user's."""
    top = (name or "builtins").partition(".")[0]
    return top in _LIBRARIES or (top in sys.stdlib_module_names and top != "__main__")


def attributes(owner: object) -> dict[str, Any]:
    """The attributes an object holds itself, those in slots included."""
    found = dict(getattr(owner, "__dict__", {}))
    for cls in type(owner).__mro__:
        names: Any = cls.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            place = f"_{cls.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
            if place not in {"__dict__", "__weakref__"} and hasattr(owner, place):
                found[place] = getattr(owner, place)
    return found


def globals_used(function: types.FunctionType) -> dict[str, Any]:
    """The globals that a function of the user's names, in nested functions too."""
    if is_library(function.__module__):
        return {}
    names: set[str] = set()
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        names.update(code.co_names)
        codes += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return {name: function.__globals__[name] for name in sorted(names & function.__globals__.keys())}


def cells(function: types.FunctionType) -> list[types.CellType]:
    """The variables a function closes over, those that have a value."""
    found = []
    for cell in function.__closure__ or ():
        try:
            cell.cell_contents  # noqa: B018 - an empty cell raises
        except ValueError:
            continue
        found.append(cell)
    return found


def _children(owner: Any) -> Iterable[Any]:
    if isinstance(owner, dict):
        return [*owner.values(), *attributes(owner).values()] if type(owner) is not dict else owner.values()
    if isinstance(owner, (list, tuple, set, frozenset, deque)):
        return [*owner, *attributes(owner).values()]
    if isinstance(owner, types.FunctionType):
        held = [cell.cell_contents for cell in cells(owner)]
        return [
            *held,
            *(owner.__defaults__ or ()),
            *(owner.__kwdefaults__ or {}).values(),
            *globals_used(owner).values(),
        ]
    if isinstance(owner, types.MethodType):
        return [owner.__self__, owner.__func__]
    if isinstance(owner, functools.partial):
        return [owner.func, *owner.args, *owner.keywords.values()]
    if isinstance(owner, (staticmethod, classmethod)):
        return [owner.__func__]
    if isinstance(owner, property):
        return [owner.fget, owner.fset]
    if isinstance(owner, types.ModuleType):
        return [] if is_library(owner.__name__) or _installed(owner) else list(vars(owner).values())
    if isinstance(owner, type):
        return [] if is_library(owner.__module__) else [*vars(owner).values(), *owner.__bases__]
    return [type(owner), *attributes(owner).values()]


def _installed(module: types.ModuleType) -> bool:
    return "site-packages" in (getattr(module, "__file__", None) or "site-packages")
