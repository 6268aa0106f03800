"""Inputs that a person gave to a torch function or module: tensors or arrays, by position or by name."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.guessing.given import STARRED, described
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.torch.kinds import kind_of
from gradcheck.cases.torch.signature import function_arguments
from gradcheck.errors import UsageError


def given_tensors(layer: Any, forward: str, positional: Sequence[Any], named: Mapping[str, Any]) -> Inputs:
    """Inputs for a call; floating-point tensors and arrays are what it is differentiated by.

    A tensor that a person made with requires_grad=True speaks for itself: beside it, those without are constants.

    Args:
        layer: The module, or the function's class.
        forward: Name of the module's method.
        positional: Arguments in order.
        named: Arguments by name.

    Raises:
        UsageError: There are more arguments than forward takes, one that it has not, or none that is a floating-point
            tensor.
    """
    names = _names(layer, forward)
    if len(positional) > len(names) and None not in names:
        taken = ", ".join(str(name) for name in names)
        raise UsageError(f"{forward}({taken}) takes {len(names)} inputs, {len(positional)} were given")
    known = [name for name in names if name is not None]
    arguments = {
        known[index] if index < len(known) else f"{STARRED}{index}": value for index, value in enumerate(positional)
    }
    if None not in names:
        _require_known(layer, forward, known, named)
    arguments = _in_order(layer, known, {**arguments, **named})
    asked = {name for name, value in arguments.items() if getattr(value, "requires_grad", False)}
    arrays = {name: _array(value) for name, value in arguments.items()}
    floating = tuple(n for n, a in arrays.items() if isinstance(a, np.ndarray) and np.issubdtype(a.dtype, np.floating))
    if not floating:
        given = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        raise UsageError(f"forward needs an input that is a floating-point tensor or array; got {given or 'no input'}")
    return Inputs(
        arguments=arrays,
        differentiable=tuple(name for name in floating if not asked or name in asked),
        batch_axis=None,
        description=described(arrays),
    )


def _names(layer: Any, forward: str) -> list[str | None]:
    """Names of the positional arguments; None at the end where any number may follow."""
    if kind_of(layer) == "function":
        parameters = list(inspect.signature(layer.forward).parameters.values())
        starred: list[str | None] = [None] if any(p.kind is p.VAR_POSITIONAL for p in parameters) else []
        return [*((a.name for a in function_arguments(layer)) if not starred else ()), *starred]
    parameters = list(inspect.signature(getattr(layer, forward)).parameters.values())
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [*plain, *([None] if any(p.kind is p.VAR_POSITIONAL for p in parameters) else [])]


def _require_known(layer: Any, forward: str, names: Sequence[str], given: Mapping[str, Any]) -> None:
    parameters = inspect.signature(getattr(layer, forward)).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return
    taken = [*names, *(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)]
    for name in given:
        if name not in taken:
            raise UsageError(f"{forward}({', '.join(taken)}) has no input {name!r}")


def _in_order(layer: Any, names: Sequence[str], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in the order in which forward takes them.

    `apply` takes none by name: what is left out in front of the last one that was given has its default.
    """
    if kind_of(layer) != "function":
        return {name: arguments[name] for name in names if name in arguments} | dict(arguments)
    defaults = {name: p.default for name, p in inspect.signature(layer.forward).parameters.items()}
    last = max((place for place, name in enumerate(names) if name in arguments), default=-1)
    known = {name: arguments.get(name, defaults[name]) for name in names[: last + 1]}
    return {name: value for name, value in known.items() if value is not inspect.Parameter.empty} | dict(arguments)


def _array(value: Any) -> Any:
    import torch

    if isinstance(value, torch.Tensor):
        return (value.double() if value.is_floating_point() else value).detach().cpu().numpy().copy()
    if isinstance(value, list):
        value = np.array(value)
    if isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating):
        return value.astype(np.float64)
    return value
