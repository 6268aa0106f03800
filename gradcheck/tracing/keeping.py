"""The user's modules as they were: names, class attributes, and what module-level lists, dicts and sets hold."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from operator import is_
from types import BuiltinFunctionType, FunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import Any

from gradcheck.tracing.refusal import is_installed, is_library

_ABSENT = object()
#: Types of what modules and classes mostly hold, none of which holds anything else.
_PLAIN = frozenset(
    {str, bytes, int, float, bool, complex, type(None), property, staticmethod, classmethod, ModuleType, type}
    | {FunctionType, BuiltinFunctionType, GetSetDescriptorType, MemberDescriptorType}
)


class Kept:
    """What the user's modules held at one moment."""

    def __init__(self) -> None:
        self._found = users_modules()
        self.loaded = set(sys.modules)
        self.modules = [(module, dict(vars(module))) for module in self._found]
        classes = [value for _, names in self.modules for value in names.values() if isinstance(value, type)]
        own = {module.__name__ for module, _ in self.modules}
        self._classes = [(cls, dict(vars(cls))) for cls in dict.fromkeys(classes) if cls.__module__ in own]
        self._objects: list[Any] = []
        self._containers = [(container, container.copy()) for container in self._held(own)]
        self._names = _Contents([vars(module) for module, _ in self.modules])
        self._rest = _Contents([*(vars(cls) for cls, _ in self._classes), *(one for one, _ in self._containers)])
        self._attributes = [vars(one) for one in self._objects]

    def is_current(self) -> bool:
        """Whether it is what the user's modules hold now."""
        same = users_modules() is self._found and self._names.are_same() and self._rest.are_same()
        return same and all(vars(one) is before for one, before in zip(self._objects, self._attributes, strict=True))

    def restore(self) -> None:
        """Put everything back that has changed since."""
        for module, names in self.modules:
            _put_back(vars(module), names)
        if self._rest.are_same():
            return
        for cls, names in self._classes:
            if _is_same(vars(cls), names):
                continue
            now = dict(vars(cls))
            for name in [name for name in now if name not in names]:
                delattr(cls, name)
            for name, value in names.items():
                if now.get(name, _ABSENT) is not value:
                    setattr(cls, name, value)
        for container, before in self._containers:
            _refill(container, before)

    def _held(self, own: set[str]) -> Iterator[Any]:
        """The containers and the attributes of objects that modules and classes hold, and the containers in those."""
        seen: set[int] = set()
        pending = [value for _, names in (*self.modules, *self._classes) for value in _public(names)]
        while pending:
            value = pending.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            if type(value) in {list, dict, set}:
                yield value
            elif type(value).__module__ in own and isinstance(getattr(value, "__dict__", None), dict):
                self._objects.append(value)
                yield vars(value)
                pending += _public(vars(value))


class _Contents:
    """What some dictionaries, lists and sets held at one moment, told from what they hold later all at once."""

    def __init__(self, containers: Sequence[Collection[Any]]) -> None:
        self._containers = containers
        self._named = [one for one in containers if isinstance(one, Mapping)]
        self._holding = [one.values() if isinstance(one, Mapping) else one for one in containers]  # views, not copies
        self._sizes = [*map(len, containers)]
        self._names = [*chain.from_iterable(self._named)]
        self._values = [*chain.from_iterable(self._holding)]

    def are_same(self) -> bool:
        """Whether they hold the very same; of ten thousand values seen before and after every trace, so no loop."""
        return (
            [*map(len, self._containers)] == self._sizes
            and all(map(is_, chain.from_iterable(self._holding), self._values))
            and [*chain.from_iterable(self._named)] == self._names
        )


def held_now() -> Kept:
    """What the user's modules hold now: what was kept last where nothing has changed since."""
    global _latest  # noqa: PLW0603 - a trace follows a trace of the same layer, and rarely leaves anything changed
    if _latest is None or not _latest.is_current():
        _latest = Kept()
    return _latest


_latest: Kept | None = None


def users_modules() -> Sequence[ModuleType]:
    """The loaded modules that belong to no library."""
    global _last  # noqa: PLW0603 - two thousand modules are looked through once, not at every trace
    if _last[0] != sys.modules:
        main = sys.modules.get("__main__")
        found = [module for module in list(sys.modules.values()) if module is main or is_users(module)]
        _last = dict(sys.modules), found
    return _last[1]


_last: tuple[dict[str, ModuleType], list[ModuleType]] = {}, []


def is_users(module: object) -> bool:
    """Whether a loaded module is Python and belongs to no library."""
    file = getattr(module, "__dict__", {}).get("__file__")
    return isinstance(file, str) and file.endswith(".py") and not is_library(file) and not is_installed(file)


def _put_back(now: dict[Any, Any], before: Mapping[Any, Any]) -> None:
    if _is_same(now, before):
        return
    now.clear()
    now.update(before)


def _is_same(now: Mapping[Any, Any], before: Mapping[Any, Any]) -> bool:
    """Whether nothing was added, removed or exchanged; of two thousand names seen after every trace, so without a loop.

    What is exchanged keeps its place in a dictionary, and what is removed and added again does not.
    """
    return len(now) == len(before) and all(map(is_, now.values(), before.values())) and [*now] == [*before]


def _refill(container: Any, before: Any) -> None:
    if isinstance(container, list):
        if len(container) != len(before) or any(a is not b for a, b in zip(container, before, strict=True)):
            container[:] = before
    elif isinstance(container, dict):
        _put_back(container, before)
    elif container != before:
        container.clear()
        container.update(before)


def _public(names: Mapping[str, Any]) -> list[Any]:
    """What may hold something that forward changes."""
    return [value for name, value in names.items() if type(value) not in _PLAIN and not name.startswith("__")]
