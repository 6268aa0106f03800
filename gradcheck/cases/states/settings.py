"""The settings of a constructed layer: what it was told and what it holds, by plain name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.cases.naming.family import plain
from gradcheck.cases.states.state import slots

#: What a setting may be; anything else (functions, parts, optimizers) is no setting.
_KINDS = (bool, int, float, str, np.generic, np.ndarray)


def settings_of(layer: object, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a layer and the arguments it was constructed with, by name in lower case without underscores.

    What lies deeper is known by its last name where nothing nearer has it: `attention.num_heads` as `numheads`.
    Nothing is copied.

    Args:
        layer: The layer; it is only read.
        arguments: Its constructor's arguments.
    """
    found: dict[str, Any] = {}
    for name, value in (*getattr(layer, "__dict__", {}).items(), *arguments.items()):
        if isinstance(value, _KINDS) or _is_tuple(value):
            found.setdefault(plain(name), value)
    for slot, value in slots(layer):
        if isinstance(slot.key, str) and isinstance(value, _KINDS):
            found.setdefault(plain(slot.key), value)
    return found


def _is_tuple(value: object) -> bool:
    return isinstance(value, tuple | list) and 0 < len(value) <= 3 and all(isinstance(item, int) for item in value)
