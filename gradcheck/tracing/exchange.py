"""The user's view of NumPy during a trace, and everything as it was afterwards.

The names are exchanged in NumPy's own namespace, so that `np`, a `np` imported inside forward and one kept on a
layer are all met; what a module took out of it (`from numpy import zeros`) is exchanged there. Only calls from the
tracing thread and from outside NumPy, SciPy, torch and gradcheck meet the replacement.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from gradcheck.tracing import scientific
from gradcheck.tracing.creation import replacements
from gradcheck.tracing.dispatch import Trace
from gradcheck.tracing.refusal import is_library

_one_trace = threading.RLock()
_ABSENT = object()


@contextlib.contextmanager
def exchanged(trace: Trace) -> Iterator[None]:
    """Exchange the names, and restore them and every module of the user's, whatever happens."""
    with _one_trace:
        modules = _users_modules()
        before = [(module, dict(vars(module))) for module in modules]
        changes = _changes(trace)
        try:
            for holder, name, value in _places(changes, modules):
                setattr(holder, name, value)
            yield
        finally:
            for (holder, name), (original, _) in changes.items():
                setattr(holder, name, original)
            for module, names in before:
                _restore(module, names)


def _changes(trace: Trace) -> dict[tuple[Any, str], tuple[Any, Any]]:
    """(Namespace, name) to what stands there and what shall."""
    found: dict[tuple[Any, str], tuple[Any, Any]] = {}
    for name, replacement in replacements(trace).items():
        original = getattr(np, name)
        found[np, name] = original, _for_users(original, replacement)
    for place in scientific.FUNCTIONS:
        module_name, _, name = place.rpartition(".")
        module = sys.modules.get(module_name)
        if module is not None and hasattr(module, name):
            original = getattr(module, name)
            found[module, name] = original, _for_users(original, scientific.replacement(place, trace, original))
    return found


def _places(
    changes: dict[tuple[Any, str], tuple[Any, Any]], modules: list[ModuleType]
) -> Iterator[tuple[Any, str, Any]]:
    by_identity = {id(original): replacement for original, replacement in changes.values()}
    for (holder, name), (_, replacement) in changes.items():
        yield holder, name, replacement
    for module in modules:
        for name, value in list(vars(module).items()):
            if id(value) in by_identity:
                yield module, name, by_identity[id(value)]


def _for_users(original: Any, replacement: Callable[..., Any]) -> Callable[..., Any]:
    thread = threading.get_ident()

    @functools.wraps(original)
    def called(*positional: Any, **keywords: Any) -> Any:
        caller = sys._getframe(1)  # noqa: SLF001 - who is calling decides which function it meets
        if threading.get_ident() != thread or is_library(caller.f_code.co_filename):
            return original(*positional, **keywords)
        return replacement(*positional, **keywords)

    return called


def _users_modules() -> list[ModuleType]:
    found = []
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None) if isinstance(module, ModuleType) else None
        if isinstance(file, str) and not is_library(file) and "site-packages" not in file:
            found.append(module)
    main = sys.modules.get("__main__")
    return found if main is None or main in found else [*found, main]


def _restore(module: ModuleType, names: dict[str, Any]) -> None:
    namespace = vars(module)
    for name in [name for name in namespace if name not in names]:
        del namespace[name]
    for name, value in names.items():
        if namespace.get(name, _ABSENT) is not value:
            namespace[name] = value
