"""The arrays a layer holds: found by walking its attributes, named by their path, exchanged in a copy.

A path is written as a person would write it: `W`, `params[0]`, `grads['W']`, `weight.data`.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradcheck.errors import BuildError
from gradcheck.types import Array

#: How deep attributes are followed: a network of blocks of layers of parameters, and one to spare.
MOST_DEPTH = 8
#: How many arrays are looked at; a walk that finds more is in a data set, not in a layer.
MOST_ARRAYS = 2000

_ATOMS = (str, bytes, int, float, complex, bool, type(None), np.generic, type)
_CALLABLES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    np.random.Generator,
    np.random.RandomState,
)
#: What is no container, and what is not looked into.
_LEAVES = (np.ndarray, *_ATOMS)
_CLOSED = (*_LEAVES, *_CALLABLES)


# A tuple and no dataclass: a run makes millions of them, and a frozen dataclass takes four times as long to make.
class Slot(NamedTuple):
    """A place that holds an array: its owner and the key, attribute or index there."""

    path: str
    owner: Any
    key: Any
    kind: str

    def read(self) -> Any:
        """What the place holds now."""
        if self.kind == "attribute":
            return getattr(self.owner, self.key)
        return self.owner[self.key]

    def write(self, value: Any) -> None:
        """Put something else there."""
        if self.kind == "attribute":
            object.__setattr__(self.owner, self.key, value)
        else:
            self.owner[self.key] = value


def slots(layer: object) -> Iterator[tuple[Slot, Any]]:
    """Walk a layer breadth first and yield every place that is not a container, with what it holds.

    An object met twice is entered once; an array met twice is yielded at each of its places.
    """
    seen: set[int] = {id(layer)}
    pending: list[tuple[str, object, int]] = [("", layer, 0)]
    count = 0
    while pending and count < MOST_ARRAYS:
        prefix, owner, depth = pending.pop(0)
        for slot, value in _children(prefix, owner):
            if isinstance(value, _LEAVES):
                count += isinstance(value, np.ndarray)
                yield slot, value
                continue
            if isinstance(value, _CALLABLES) or id(value) in seen or depth >= MOST_DEPTH:
                continue
            seen.add(id(value))
            pending.append((slot.path, value, depth + 1))


def floating(layer: object) -> Iterator[tuple[Slot, Array]]:
    """The places of a layer that hold non-empty floating-point arrays."""
    for slot, value in slots(layer):
        if is_floating(value):
            yield slot, value


def is_floating(value: object) -> bool:
    """Whether this is a floating-point array that is not empty."""
    return isinstance(value, np.ndarray) and value.size > 0 and value.dtype.kind == "f"


def lists(layer: object) -> Iterator[tuple[str, list[Any]]]:
    """Every list within a layer, with its path."""
    seen: set[int] = {id(layer)}
    pending: list[tuple[str, object]] = [("", layer)]
    while pending and len(seen) < MOST_ARRAYS:
        prefix, owner = pending.pop(0)
        for slot, value in _children(prefix, owner):
            if isinstance(value, _CLOSED) or id(value) in seen:
                continue
            seen.add(id(value))
            pending.append((slot.path, value))
            if isinstance(value, list):
                yield slot.path, value


def parts_of(layer: object) -> list[object]:
    """The objects of classes of the user's that a layer holds, in its attributes or in containers there."""
    found: list[object] = []
    seen: set[int] = {id(layer)}
    pending = [layer]
    while pending and len(seen) < MOST_ARRAYS:
        for value in _contents(pending.pop()):
            if not isinstance(value, _CLOSED) and id(value) not in seen:
                seen.add(id(value))
                pending.append(value)
                if type(value).__module__ != "builtins":
                    found.append(value)
    return found


def modules_within(layer: object) -> list[Any]:
    """Modules stored on the layer or its parts, and what stands for one; `copy.deepcopy` must leave them alone."""
    return _within(layer, lambda value: isinstance(value, types.ModuleType) or _stands_for_module(value))


def _stands_for_module(value: object) -> bool:
    """Whether an object holds a module and hands on to it the names it has not.

    Its copy is asked for `__setstate__` before it holds anything, and asks itself for the module without end.
    """
    held = list(getattr(value, "__dict__", {}).values()) if hasattr(type(value), "__getattr__") else []
    modules = [one for one in held if isinstance(one, types.ModuleType)]
    return bool(modules) and all(isinstance(one, (*_ATOMS, types.ModuleType)) for one in held)


def generators_within(layer: object) -> list[np.random.Generator | np.random.RandomState]:
    """Generators of random numbers stored on the layer or its parts, each once."""
    return _within(layer, lambda value: isinstance(value, (np.random.Generator, np.random.RandomState)))


def _within(layer: object, is_wanted: Callable[[Any], bool]) -> list[Any]:
    found: list[Any] = []
    seen: set[int] = set()
    pending = [layer]
    while pending:
        for value in _contents(pending.pop()):
            if is_wanted(value):
                found += [value] if all(value is not other for other in found) else []
            elif not isinstance(value, _CLOSED) and id(value) not in seen and len(seen) < MOST_ARRAYS:
                seen.add(id(value))
                pending.append(value)
    return found


def read(layer: object, path: str) -> Any:
    """What the layer holds at a path.

    Raises:
        KeyError: There is no such place.
    """
    for slot, value in slots(layer):
        if slot.path == path:
            return value
    raise KeyError(path)


def owner_of(array: Array) -> Array:
    """The array whose memory a view is part of."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def exchange(layer: object, values: Mapping[tuple[str, ...], Array], *, in_place: bool = True) -> None:
    """Put each value at all the places that share one array, in place where the dtype allows it.

    In place keeps views of the array alive (a transposed weight kept beside it); a wider dtype needs a new
    array, which is then put at every path.

    Args:
        layer: The layer.
        values: By the paths that hold one array.
        in_place: Whether arrays are written into at all.

    Raises:
        BuildError: A call took the place of an array away.
    """
    wanted = {path for paths in values for path in paths}
    places = {slot.path: (slot, held) for slot, held in slots(layer) if slot.path in wanted}
    for paths, value in values.items():
        held = [places[path] for path in paths if path in places]
        if not held:
            raise BuildError(f"there is no `{paths[0]}` on the layer any more")
        _put(layer, held, value, in_place=in_place)


def _put(layer: object, places: Sequence[tuple[Slot, Any]], value: Array, *, in_place: bool) -> None:
    first = places[0][1]
    if (
        in_place
        and isinstance(first, np.ndarray)
        and first.dtype == value.dtype
        and first.flags.writeable
        and first.shape == value.shape
    ):
        first[...] = value
        return
    replacement = np.array(value)
    for slot, _ in places:
        if isinstance(slot.owner, tuple):
            _rebuild_tuple(layer, slot.owner, slot.key, replacement)
        else:
            slot.write(replacement)


def _rebuild_tuple(layer: object, old: tuple[Any, ...], index: int, value: Array) -> None:
    """Put a tuple with one item exchanged where the old one was."""
    new = (*old[:index], value, *old[index + 1 :])
    seen: set[int] = {id(layer)}
    pending: list[object] = [layer]
    while pending:
        for slot, held in list(_children("", pending.pop())):
            if held is old and not isinstance(slot.owner, tuple):
                slot.write(new)
            elif not isinstance(held, _CLOSED) and id(held) not in seen:
                seen.add(id(held))
                pending.append(held)


def _children(prefix: str, owner: object) -> Iterable[tuple[Slot, Any]]:
    if isinstance(owner, dict):
        return ((Slot(f"{prefix}[{key!r}]", owner, key, "item"), owner[key]) for key in list(owner))
    if isinstance(owner, (list, tuple)):
        return ((Slot(f"{prefix}[{index}]", owner, index, "item"), value) for index, value in enumerate(owner))
    start = f"{prefix}." if prefix else ""
    return [(Slot(f"{start}{name}", owner, name, "attribute"), value) for name, value in _attributes(owner)]


def _contents(owner: object) -> Iterable[Any]:
    """What an object holds, without the places."""
    if isinstance(owner, dict):
        return [owner[key] for key in list(owner)]
    return owner if isinstance(owner, (list, tuple)) else [value for _, value in _attributes(owner)]


def _attributes(owner: object) -> list[tuple[str, Any]]:
    held = getattr(owner, "__dict__", None)
    if held is None and type(owner).__module__.partition(".")[0] in {"numpy", "torch", "builtins", "collections"}:
        return []
    found = list(held.items()) if held else []
    for cls in type(owner).__mro__:
        names: Any = cls.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name not in {"__dict__", "__weakref__"} and hasattr(owner, name):
                found.append((name, getattr(owner, name)))
    return found
