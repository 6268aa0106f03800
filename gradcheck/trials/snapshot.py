"""The state of everything a training reaches, taken once and put back as often as asked.

Restored in place and not copied: a copy of a model and its optimizer would lose which arrays share memory, which is
what some causes are about, and could not follow a closure.
"""

from __future__ import annotations

import random
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gradcheck.trials.reach import attributes, cells, globals_used, is_library, reachable

Restore = Callable[[], None]


class Snapshot:
    """What the roots lead to, as it is now; random generators among it.

    Args:
        roots: Objects, functions, arrays.
    """

    def __init__(self, roots: Iterable[object]) -> None:
        self._held = list(reachable(roots))
        self._restores = [restore for owner in self._held if (restore := _restore_of(owner)) is not None]

    def restore(self) -> None:
        """Put everything back, in place."""
        for restore in self._restores:
            restore()


def _restore_of(owner: Any) -> Restore | None:  # noqa: C901, PLR0911 - a table of kinds
    if isinstance(owner, np.ndarray):
        return _array(owner)
    if _is_tensor(owner):
        return _tensor(owner)
    if type(owner).__module__ == "torch._C" and type(owner).__name__ == "Generator":
        return _torch_generator(owner)
    if isinstance(owner, np.random.Generator):
        return _generator(owner)
    if isinstance(owner, np.random.RandomState):
        return _legacy(owner)
    if isinstance(owner, random.Random):
        return _python_random(owner)
    if isinstance(owner, dict):
        return _both(_dictionary(owner), _attributes(owner) if type(owner) is not dict else None)
    if isinstance(owner, (list, deque)):
        return _both(_list(owner), _attributes(owner))
    if isinstance(owner, set):
        return _set(owner)
    if isinstance(owner, types.FunctionType):
        return _function(owner)
    if isinstance(owner, type):
        return None if is_library(owner.__module__) else _class(owner)
    if isinstance(owner, (types.ModuleType, types.BuiltinFunctionType, types.MethodType, tuple, frozenset)):
        return None
    return _attributes(owner)


def _both(first: Restore, second: Restore | None) -> Restore:
    def restore() -> None:
        first()
        if second is not None:
            second()

    return restore


def _array(owner: np.ndarray[Any, Any]) -> Restore | None:
    if not owner.flags.writeable:
        return None
    saved = owner.copy(order="K")

    def restore() -> None:
        owner[...] = saved

    return restore


def _is_tensor(owner: object) -> bool:
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(owner, torch.Tensor)


def _tensor(owner: Any) -> Restore:
    memory = owner.data
    saved, wanted = memory.clone(), owner.requires_grad
    is_leaf = owner.is_leaf
    gradient = owner.grad if is_leaf else None
    values = None if gradient is None else gradient.data.clone()

    def restore() -> None:
        memory.copy_(saved)
        if owner.data_ptr() != memory.data_ptr() or owner.shape != memory.shape:
            owner.data = memory
        if is_leaf:
            owner.grad = gradient
            if gradient is not None:
                gradient.data.copy_(values)
            if owner.is_leaf and owner.requires_grad is not wanted:
                owner.requires_grad_(wanted)

    return restore


def _generator(owner: np.random.Generator) -> Restore:
    saved = owner.bit_generator.state

    def restore() -> None:
        owner.bit_generator.state = saved

    return restore


def _torch_generator(owner: Any) -> Restore:
    saved = owner.get_state()
    return lambda: owner.set_state(saved)


def _legacy(owner: np.random.RandomState) -> Restore:
    saved = owner.get_state()
    return lambda: owner.set_state(saved)


def _python_random(owner: random.Random) -> Restore:
    saved = owner.getstate()
    return lambda: owner.setstate(saved)


def _dictionary(owner: dict[Any, Any]) -> Restore:
    saved = dict(owner)

    def restore() -> None:
        if len(owner) != len(saved) or any(owner.get(key, owner) is not value for key, value in saved.items()):
            owner.clear()
            owner.update(saved)

    return restore


def _list(owner: list[Any] | deque[Any]) -> Restore:
    saved = list(owner)

    def restore() -> None:
        if len(owner) != len(saved) or any(a is not b for a, b in zip(owner, saved, strict=True)):
            owner.clear()
            owner.extend(saved)

    return restore


def _set(owner: set[Any]) -> Restore:
    saved = set(owner)

    def restore() -> None:
        owner.clear()
        owner.update(saved)

    return restore


def _function(owner: types.FunctionType) -> Restore | None:
    held = [(cell, cell.cell_contents) for cell in cells(owner)]
    named = globals_used(owner)
    if not held and not named:
        return None

    def restore() -> None:
        for cell, value in held:
            cell.cell_contents = value
        for name, value in named.items():
            if owner.__globals__.get(name, owner) is not value:
                owner.__globals__[name] = value

    return restore


def _class(owner: type) -> Restore:
    saved = {name: value for name, value in vars(owner).items() if not name.startswith("__") or name == "__call__"}

    def restore() -> None:
        for name, value in saved.items():
            if vars(owner).get(name) is not value:
                setattr(owner, name, value)

    return restore


def _attributes(owner: object) -> Restore | None:
    saved = attributes(owner)
    if not saved and not hasattr(owner, "__dict__"):
        return None

    def restore() -> None:
        now = attributes(owner)
        for name in now.keys() - saved.keys():
            object.__delattr__(owner, name)
        for name, value in saved.items():
            if now.get(name, owner) is not value:
                object.__setattr__(owner, name, value)

    return restore
