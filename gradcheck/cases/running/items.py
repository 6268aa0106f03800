"""Names of primals among forward's arguments: `x` itself, or `xs[1]`, the second of a list of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def names_of(name: str, value: Any) -> tuple[str, ...]:
    """The names of the floating-point arrays in one argument: its own, or one per item of a list of arrays."""
    if is_list_of_arrays(value):
        return tuple(f"{name}[{index}]" for index, one in enumerate(value) if _is_floating(one))
    return (name,) if _is_floating(value) else ()


def is_list_of_arrays(value: Any) -> bool:
    """Whether a list or tuple holds arrays only."""
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(one, np.ndarray) for one in value)


def owner(name: str) -> str:
    """The argument that a primal is, or is an item of."""
    return name.partition("[")[0]


def array_of(arguments: Mapping[str, Any], name: str) -> Any:
    """The value of a primal among arguments."""
    own = owner(name)
    return arguments[name] if own == name else arguments[own][int(name[len(own) + 1 : -1])]


def with_items(arguments: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with some primals exchanged; lists of which an item is exchanged are lists of their own."""
    changed = dict(arguments)
    for name, value in values.items():
        own = owner(name)
        if own == name:
            changed[name] = value
            continue
        items = list(changed[own])
        items[int(name[len(own) + 1 : -1])] = value
        changed[own] = tuple(items) if isinstance(arguments[own], tuple) else items
    return changed


def _is_floating(value: Any) -> bool:
    return isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating)
