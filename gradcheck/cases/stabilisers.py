"""The small constants that forward adds to stay finite: the 1e-7 of `log(p + 1e-7)`, the eps of a norm.

A backward that is that of the function without them is off by their size and is what textbooks print.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from typing import Any

#: Larger constants are learning rates, initial scales or slopes.
LARGEST = 1.0e-5
#: Smaller ones are below rounding.
SMALLEST = 1.0e-16

_NUMBER = re.compile(r"(?<![\w.])(\d+\.?\d*[eE]-\d+|0?\.0{4,}\d+)")
_NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\s*\(")
_EPSILON = re.compile(r"eps|tiny|smooth|stab|delta", re.IGNORECASE)


def small_constants(layer: object, backward: str) -> tuple[float, ...]:
    """The stabilising constants in the source of a layer's methods, of the functions they call, and on the layer.

    Args:
        layer: The constructed layer, its module importable (within its environment).
        backward: Name of its backward, whose own constants are no excuse.
    """
    texts: list[str] = []
    functions: dict[str, Any] = {}
    for cls in type(layer).__mro__[:-1]:
        module = sys.modules.get(cls.__module__)
        functions.update({n: f for n, f in vars(module).items() if inspect.isfunction(f)} if module else {})
        texts += [_source(member) for name, member in vars(cls).items() if callable(member) and name != backward]
    called = {name for text in texts for name in _NAME.findall(text)}
    texts += [_source(functions[name]) for name in called if name in functions]
    found = {float(number) for text in texts for number in _NUMBER.findall(text)}
    found |= (
        {v for n, v in vars(layer).items() if isinstance(v, float) and _EPSILON.search(n)}
        if _has_dict(layer)
        else set()
    )
    return tuple(sorted(value for value in found if SMALLEST < value <= LARGEST))


def _has_dict(layer: object) -> bool:
    return hasattr(layer, "__dict__")


def _source(member: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(member)
    except (OSError, TypeError):
        return ""
