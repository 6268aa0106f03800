"""The project's functions that may take a tape's tensors: what stands in the modules that know its Tensor."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any


def functions_of(cls: type, home: ModuleType, modules: Mapping[str, ModuleType], root: Path) -> dict[str, Any]:
    """Name to function, or to class that is called like one; the Tensor's own module goes first.

    Args:
        cls: The Tensor class.
        home: The module that defines it.
        modules: The modules loaded with it.
        root: The project root; nothing from outside it counts.
    """
    found: dict[str, Any] = {}
    for module in (home, *_knowing(cls, {**modules, **_loaded(home)}, root)):
        for name, value in list(vars(module).items()):
            if not name.startswith("_") and _is_function(value, cls, root):
                found.setdefault(name, value)
    return found


def operations_of(cls: type, home: ModuleType, modules: Mapping[str, ModuleType], root: Path) -> list[str]:
    """Names of the classes that are operations of the tape: its operators reach them, and nothing else does.

    They are static functions annotated to take the Tensor, and those with `compute` and `gradient`, of a graph's nodes.

    Args:
        cls: The Tensor class.
        home: The module that defines it.
        modules: The modules loaded with it.
        root: The project root; nothing from outside it counts.
    """
    found: dict[str, None] = {}
    for module in _of_project({**modules, **_loaded(home)}, root):
        for name, value in list(vars(module).items()):
            is_leaf = isinstance(value, type) and value is not cls and not value.__subclasses__()
            if is_leaf and (_is_static(value, cls) or _is_of_graph(value)):
                found[name] = None
    return list(found)


def _is_static(value: type, cls: type) -> bool:
    forward = inspect.getattr_static(value, "forward", None)
    if not isinstance(forward, (staticmethod, classmethod)) or not hasattr(value, "backward"):
        return False
    annotated = getattr(forward.__func__, "__annotations__", {}).values()
    return any(one is cls or re.search(rf"\b{cls.__name__}\b", str(one)) for one in annotated)


def _is_of_graph(value: type) -> bool:
    gradient = getattr(value, "gradient", None)
    code = getattr(gradient, "__code__", None)
    return callable(getattr(value, "compute", None)) and code is not None and "node" in code.co_varnames


def _loaded(home: ModuleType) -> dict[str, ModuleType]:
    package = home.__name__.partition(".")[0]
    return {name: module for name, module in list(sys.modules.items()) if name.partition(".")[0] == package}


def _knowing(cls: type, modules: Mapping[str, ModuleType], root: Path) -> Iterator[ModuleType]:
    for module in _of_project(modules, root):
        if any(value is cls for value in list(vars(module).values())):
            yield module


def _of_project(modules: Mapping[str, ModuleType], root: Path) -> Iterator[ModuleType]:
    for module in modules.values():
        file = getattr(module, "__file__", None)
        if file and Path(file).is_relative_to(root):
            yield module


def _is_function(value: Any, cls: type, root: Path) -> bool:
    if isinstance(value, type):
        # An operator that is a class of its own: called with a tensor, it makes one.
        return value is not cls and issubclass(value, cls)
    code = getattr(value, "__code__", None)
    return isinstance(value, Callable) and code is not None and Path(code.co_filename).is_relative_to(root)  # type: ignore[arg-type] # a class of typing's
