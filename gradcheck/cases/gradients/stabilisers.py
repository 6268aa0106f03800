"""Constants that a right gradient may be off by: small ones inside forward, rounded ones inside backward.

The 1e-7 of `log(p + 1e-7)`, the eps of a norm: a backward that is that of the function without them is off by their
size and is what textbooks print. The 0.797885 of a backward whose forward says `sqrt(2 / pi)` is as good as its digits.
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

#: Larger constants are learning rates, initial scales or slopes.
LARGEST = 1.0e-5
#: Smaller ones are below rounding.
SMALLEST = 1.0e-16

#: Decimals written with as many significant digits are rounded from something exact; fewer are what was meant, and
#: more are as exact as the check.
FEWEST_DIGITS, MOST_DIGITS = 5, 12

_DECIMAL = re.compile(r"(?<![\w.])(\d*\.\d+)(?![\w.])")
_NUMBER = re.compile(r"(?<![\w.])(\d+\.?\d*[eE]-\d+|0?\.0{4,}\d+)")
_NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\s*\(")
_ATTRIBUTE = re.compile(r"\bself\.(\w+)")


def small_constants(layer: object, forward: str) -> tuple[float, ...]:
    """The stabilising constants in the source of forward and of what it calls, and the attributes it reads.

    Args:
        layer: The constructed layer, its module importable (within its environment).
        forward: Name of its forward; backward's own constants are no excuse.
    """
    found: set[float] = set()
    for text in _sources(layer, forward):
        found.update(float(number) for number in _NUMBER.findall(text))
        read = (getattr(layer, attribute, None) for attribute in _ATTRIBUTE.findall(text))
        found.update(value for value in read if isinstance(value, float))
    return tuple(sorted(value for value in found if SMALLEST < value <= LARGEST))


def rounded_constants(layer: object, forward: str, backward: str) -> tuple[str, ...]:
    """The long decimals that backward writes and forward does not, as they are written.

    Args:
        layer: The constructed layer, its module importable (within its environment).
        forward: Name of its forward; a constant that it says as well is meant so.
        backward: Name of its backward.
    """
    ours, theirs = (
        {number for text in _sources(layer, name) for number in _DECIMAL.findall(text)} for name in (backward, forward)
    )
    return tuple(sorted(number for number in ours - theirs if _is_rounded(number)))


def _is_rounded(number: str) -> bool:
    value, digits = float(number), len(number.replace(".", "").lstrip("0"))
    # 1.0000001 is a short number with something added, and meant so.
    shorter = float(f"{value:.{FEWEST_DIGITS - 2}e}")
    return FEWEST_DIGITS <= digits <= MOST_DIGITS and abs(value - shorter) > LARGEST * abs(value)


def _sources(layer: object, start: str) -> Iterator[str]:
    """The source of a method or function and of what it calls in the user's module."""
    functions: dict[str, Any] = {}
    for cls in reversed(type(layer).__mro__[:-1]):
        module = sys.modules.get(cls.__module__)
        functions.update({n: f for n, f in vars(module).items() if inspect.isfunction(f)} if module else {})
        functions.update({n: f for n, f in vars(cls).items() if inspect.isfunction(f)})
    seen: set[str] = set()
    pending = [start]
    while pending:
        name = pending.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        text = _source(functions[name])
        yield text
        pending.extend(_NAME.findall(text))


@functools.lru_cache(maxsize=64)
def _source(member: Callable[..., Any]) -> str:
    # A search binds one class fifty times.
    try:
        return inspect.getsource(member)
    except (OSError, TypeError):
        return ""
