"""Inputs that a person gave: by position, by name, or described in configuration."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.declaring.configuration import InputSettings
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.running.items import is_list_of_arrays, names_of
from gradcheck.cases.states.state import floating
from gradcheck.errors import UsageError
from gradcheck.numerics import sampling
from gradcheck.types import Array

#: Names under which starred arguments are kept: forward(*inputs).
STARRED = "inputs"


def given_inputs(layer: object, forward: str, positional: Sequence[Any], named: Mapping[str, Any]) -> Inputs:
    """Inputs for a call of forward; floating-point arrays are what it is differentiated by.

    Args:
        layer: The constructed layer.
        forward: Method name.
        positional: Arguments in order.
        named: Arguments by name.

    Raises:
        UsageError: There are more arguments than forward takes, or neither they nor the layer hold a floating-point
            array.
    """
    method = getattr(layer, forward)
    arguments: dict[str, Any] = {}
    names = [p.name for p in inspect.signature(method).parameters.values() if p.kind in _POSITIONAL]
    takes_any = any(p.kind is p.VAR_POSITIONAL for p in inspect.signature(method).parameters.values())
    if len(positional) > len(names) and not takes_any:
        taken = ", ".join(names)
        raise UsageError(f"{forward}({taken}) takes {len(names)} inputs, {len(positional)} were given")
    for index, value in enumerate(positional):
        name = names[index] if index < len(names) else f"{STARRED}{index}"
        arguments[name] = _widened(value)
    arguments.update({name: _widened(value) for name, value in named.items()})
    differentiable = tuple(one for name, value in arguments.items() for one in names_of(name, value))
    targets = tuple(name for name in differentiable if name in _TARGETS)
    if len(differentiable) > len(targets):
        differentiable = tuple(name for name in differentiable if name not in targets)
    if not differentiable and not _looks_up(layer, forward, arguments):
        given = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        raise UsageError(f"forward needs an input that is a floating-point array; got {given or 'no input'}")
    return Inputs(
        arguments=arguments,
        differentiable=differentiable,
        batch_axis=None,
        description=described(arguments),
    )


def configured_inputs(layer: object, forward: str, settings: Mapping[str, InputSettings], seed: int) -> Inputs:
    """Inputs as `[tool.gradcheck.layers."..."] inputs` describes them."""
    return given_inputs(layer, forward, (), drawn_inputs(settings, seed))


def drawn_inputs(settings: Mapping[str, InputSettings], seed: int) -> dict[str, Array]:
    """The arrays that a configuration describes, by name."""
    return {name: _drawn(name, one, seed) for name, one in settings.items()}


def described(arguments: Mapping[str, Any]) -> str:
    """One line on the inputs: `x (4, 8), target (4,) int64`."""
    parts = []
    for name, value in arguments.items():
        if isinstance(value, np.ndarray):
            kind = "" if value.dtype == np.float64 else f" {value.dtype}"
            parts.append(f"{name} {value.shape}{kind}")
        elif is_list_of_arrays(value):
            parts.append(f"{name} [{', '.join(str(one.shape) for one in value)}]")
        else:
            parts.append(f"{name}={value!r}")
    return ", ".join(parts)


_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_TARGETS = ("y", "t", "target", "targets", "y_true", "label", "labels", "truth")


def _widened(value: Any) -> Any:
    if is_list_of_arrays(value):
        return type(value)(_widened(one) for one in value)
    if isinstance(value, list):
        value = np.array(value)
    if isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating):
        return value.astype(np.float64)
    return value


def _looks_up(layer: object, forward: str, arguments: Mapping[str, Any]) -> bool:
    """Whether forward takes integers only, to look rows up: the layer is then differentiated by its rows."""
    if not arguments or next(floating(layer), None) is None:
        return False
    numbers = {n: v.astype(np.float64) if isinstance(v, np.ndarray) else v for n, v in arguments.items()}
    try:
        getattr(copy.deepcopy(layer), forward)(*numbers.values())
    except Exception:  # noqa: BLE001 - whatever forward raises, it does not take numbers
        return True
    return False


def _drawn(name: str, settings: InputSettings, seed: int) -> Array:
    if settings.values is not None:
        array: Array = np.array(settings.values)
    else:
        rng = sampling.generator(seed, f"input {name}")
        shape = tuple(settings.shape or ())
        if settings.integers is not None:
            array = rng.integers(0, settings.integers, shape)
        else:
            array = sampling.gaussian(rng, shape)
            array = np.abs(array) + 10.0**-sampling.DECIMALS if settings.positive else array
    return array.astype(settings.dtype) if settings.dtype else array
