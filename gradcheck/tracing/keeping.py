"""The user's modules as they were: names, class attributes, and what module-level lists, dicts and sets hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
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
        self.loaded = set(sys.modules)
        self.modules = [(module, dict(vars(module))) for module in users_modules()]
        classes = [value for _, names in self.modules for value in names.values() if isinstance(value, type)]
        own = {module.__name__ for module, _ in self.modules}
        self._classes = [(cls, dict(vars(cls))) for cls in dict.fromkeys(classes) if cls.__module__ in own]
        self._containers = [(container, container.copy()) for container in self._held(own)]

    def restore(self) -> None:
        """Put everything back that has changed since."""
        for module, names in self.modules:
            _put_back(vars(module), names)
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
                yield vars(value)
                pending += _public(vars(value))


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
