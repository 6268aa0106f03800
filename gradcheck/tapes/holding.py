"""Where a module keeps its tensors: its attributes walked, lists of scalars taken as one array."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.tapes.model import Tape
from gradcheck.types import Array

#: Objects looked at; a walk that meets more is in a data set.
MOST_OBJECTS = 5000
_ATOMS = (str, bytes, int, float, complex, bool, type(None), np.ndarray, np.generic, type, types.ModuleType,
          types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.random.Generator)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What is trained, under one name.

    Attributes:
        name: Its path, such as `layer.weight`.
        tensors: The tensor, or the scalars of a list.
        value: Its numbers, the shape of the tensor or the length of the list.
    """

    name: str
    tensors: tuple[Any, ...]
    value: Array

    def parts(self, value: Array) -> list[Array]:
        """The numbers of each tensor."""
        return (
            [value] if self.value.shape == value.shape and len(self.tensors) == 1 and not self.is_list else list(value)
        )

    @property
    def is_list(self) -> bool:
        """Whether it is a list of scalars."""
        return self.value.ndim == 1 and len(self.tensors) == self.value.size and self.name.endswith("[]")


def parameters(module: object, tape: Tape) -> dict[str, Parameter]:
    """Name to parameter: every floating-point tensor the module holds, each once; of scalars, every list of them."""
    found: dict[str, Parameter] = {}
    for name, tensors in _held(module, tape):
        values = [tape.read(tensor) for tensor in tensors]
        if any(value is None or value.dtype.kind != "f" or not value.size for value in values):
            continue
        is_list = name.endswith("[]")
        value = np.array([np.asarray(v, dtype=np.float64) for v in values]) if is_list else np.asarray(values[0])
        found[name] = Parameter(name=name, tensors=tensors, value=np.array(value, dtype=np.float64))
    return found


def is_frozen(parameter: Parameter) -> bool:
    """Whether the parameter says that it wants no gradient."""
    wants = getattr(parameter.tensors[0], "requires_grad", True)
    return not (wants() if callable(wants) else wants)


def _held(module: object, tape: Tape) -> Iterator[tuple[str, tuple[Any, ...]]]:
    seen: set[int] = {id(module)}
    waiting: deque[tuple[str, Any]] = deque([("", module)])
    while waiting and len(seen) < MOST_OBJECTS:
        path, holder = waiting.popleft()
        for key, value in _items(holder):
            name = f"{path}[{key}]" if isinstance(holder, list | tuple | dict) else f"{path}.{key}".strip(".")
            if tape.holds(value):
                if id(value) not in seen:
                    yield name, (value,)
            elif tape.is_scalar and isinstance(value, list | tuple) and _are_tensors(value, tape):
                yield f"{name}[]", tuple(value)
                seen |= {id(item) for item in value}
            elif not isinstance(value, _ATOMS) and id(value) not in seen:
                waiting.append((name, value))
            seen.add(id(value))


def _are_tensors(items: list[Any] | tuple[Any, ...], tape: Tape) -> bool:
    return bool(items) and all(tape.holds(item) for item in items)


def _items(holder: Any) -> list[tuple[Any, Any]]:
    if isinstance(holder, Mapping):
        return list(holder.items())
    if isinstance(holder, list | tuple):
        return list(enumerate(holder))
    return list(vars(holder).items()) if hasattr(holder, "__dict__") else []
