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
_ATTRIBUTE = re.compile(r"\bself\.(\w+)")


def small_constants(layer: object, forward: str) -> tuple[float, ...]:
    """The stabilising constants in the source of forward and of what it calls, and the attributes it reads.

    Args:
        layer: The constructed layer, its module importable (within its environment).
        forward: Name of its forward; backward's own constants are no excuse.
    """
    functions: dict[str, Any] = {}
    for cls in reversed(type(layer).__mro__[:-1]):
        module = sys.modules.get(cls.__module__)
        functions.update({n: f for n, f in vars(module).items() if inspect.isfunction(f)} if module else {})
        functions.update({n: f for n, f in vars(cls).items() if inspect.isfunction(f)})
    found: set[float] = set()
    seen: set[str] = set()
    pending = [forward]
    while pending:
        name = pending.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        text = _source(functions[name])
        found.update(float(number) for number in _NUMBER.findall(text))
        read = (getattr(layer, attribute, None) for attribute in _ATTRIBUTE.findall(text))
        found.update(value for value in read if isinstance(value, float))
        pending.extend(_NAME.findall(text))
    return tuple(sorted(value for value in found if SMALLEST < value <= LARGEST))


def _source(member: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(member)
    except (OSError, TypeError):
        return ""
