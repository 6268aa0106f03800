"""What a forward function is told beside its arrays, and how it is called when it is told something else."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

from gradcheck.cases.naming.family import plain
from gradcheck.cases.pairs.function_pair import FunctionPair, Handed, Reading

#: What a setting may be; an array is data.
_KINDS: Final = (bool, int, float, str, tuple)


def settings_of(pair: FunctionPair, reading: Reading, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a forward, by name, `conv_param.stride` for an entry of a dictionary.

    Those left at a default are among them unless backward has a default of its own that may belong to one of them.

    Args:
        pair: The functions.
        reading: How they are called.
        arguments: What forward is handed.
    """
    found: dict[str, Any] = {}
    for name, value in arguments.items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": one for key, one in value.items() if isinstance(one, _KINDS)}
        elif isinstance(value, _KINDS):
            found[name] = value
    left = {n: v for n, v in _defaults(pair.function(pair.value)).items() if n not in arguments}
    own = _defaults(pair.function(pair.pullback)) if pair.pullback is not None else {}
    known = {*left, *arguments, *(argument.name for argument in reading.handed)}
    return found if own.keys() - known else {**found, **left}


def told(arguments: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """Forward's arguments with some settings changed."""
    found = dict(arguments)
    for name, value in changed.items():
        owner, dot, key = name.partition(".")
        found[owner] = {**found[owner], key: value} if dot else value
    return found


def handing(reading: Reading, pair: FunctionPair, arguments: Mapping[str, Any]) -> Reading:
    """The reading in which backward is told the same settings as forward, where it has them too."""
    if pair.pullback is None:
        return reading
    own = _parameters(pair.function(pair.pullback))
    names = {plain(name): name for name in arguments}
    kept = [
        dataclasses.replace(one, source="input", of=names[plain(one.name)])
        if one.source == "constant" and plain(one.name) in names
        else one
        for one in reading.handed
    ]
    have = {one.name for one in kept}
    more = [Handed(name=name, source="input", of=name) for name in own if name in arguments and name not in have]
    defaults = _defaults(pair.function(pair.pullback))
    return dataclasses.replace(reading, handed=(*kept, *(one for one in more if one.name in defaults)))


def _defaults(function: Callable[..., Any]) -> dict[str, Any]:
    """The arguments of a function that need not be given, and that a caller may set."""
    return {n: p.default for n, p in _parameters(function).items() if isinstance(p.default, _KINDS)}


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
