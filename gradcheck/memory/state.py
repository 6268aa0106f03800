"""The state an optimizer keeps: what is known of it by its name, and what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gradcheck.source.optimizer_names import claimed

#: Arrays of a parameter's size that a rule keeps for each parameter.
_KEPT = {"sgd": 0, "momentum": 1, "nesterov": 1, "adagrad": 1, "rmsprop": 1, "adam": 2, "adamw": 2}
DEEPEST = 12


def predicted(optimizer: object, parameters: int) -> int | None:
    """Bytes of the state by the rule an optimizer is named after; None where the name says nothing.

    Args:
        optimizer: An optimizer, or None for none, which keeps nothing.
        parameters: Bytes of the parameters.
    """
    if optimizer is None:
        return 0
    rule = claimed(type(optimizer).__name__)
    if not rule:
        return None
    settings = {**vars(optimizer), **(getattr(optimizer, "defaults", None) or {})}
    extra = bool(settings.get("momentum")) if rule in {"sgd", "rmsprop"} else bool(settings.get("amsgrad"))
    return (_KEPT[rule] + extra) * parameters


def measured(optimizer: object, known: Iterable[object]) -> int:
    """Bytes of the arrays an optimizer holds that are neither parameters nor gradients; views count once.

    Args:
        optimizer: The optimizer.
        known: Parameters and gradients, arrays or tensors.
    """
    foreign = {_address(array) for array in known}
    sizes: dict[int, int] = {}
    seen: set[int] = set()
    waiting: list[tuple[Any, int]] = [(optimizer, 0)]
    while waiting:
        value, depth = waiting.pop()
        if id(value) in seen or depth > DEEPEST:
            continue
        seen.add(id(value))
        if (address := _address(value)) is not None:
            if address not in foreign:
                sizes[address] = _bytes(value)
        elif isinstance(value, Mapping):
            waiting += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, (list, tuple, set)):
            waiting += [(inner, depth + 1) for inner in value]
        elif type(value).__module__ != "builtins":
            waiting += [(inner, depth + 1) for inner in getattr(value, "__dict__", {}).values()]
    return sum(sizes.values())


def _address(value: object) -> int | None:
    if isinstance(value, np.ndarray):
        return int(_base(value).__array_interface__["data"][0])
    pointer = getattr(value, "untyped_storage", None)
    return int(pointer().data_ptr()) if callable(pointer) else None


def _base(array: np.ndarray) -> np.ndarray:
    return array.base if isinstance(array.base, np.ndarray) else array


def _bytes(value: Any) -> int:
    return int(_base(value).nbytes if isinstance(value, np.ndarray) else value.untyped_storage().nbytes())
