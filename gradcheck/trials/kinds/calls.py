"""Calling models, losses and optimizers the ways people write them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcheck.errors import UsageError
from gradcheck.trials.holders import memory
from gradcheck.types import Holder

_FORWARDS = ("forward", "__call__", "call", "predict", "forward_pass", "fprop", "feedforward", "feed_forward")
_OPTIMIZER_METHODS = ("step", "update", "update_params", "apply", "apply_gradients", "optimize")
_MODEL_WORDS = ("model", "net", "network", "nn", "module", "layer")


def forward(model: Any, inputs: Sequence[Any]) -> Any:
    """The model's output."""
    if callable(model) and not hasattr(model, "forward"):
        return model(*inputs)
    name = next((name for name in _FORWARDS if callable(getattr(model, name, None))), None)
    if name is None:
        message = f"{type(model).__name__} has no forward; hand over a TrainingSetup, which needs functions alone"
        raise UsageError(message)
    return (model if hasattr(model, "register_forward_hook") else getattr(model, name))(*inputs)


def input_names(model: Any, inputs: Sequence[Any]) -> dict[str, Holder]:
    """What the model reads, by the names of forward's arguments; what cannot be changed in place is left out."""
    method = next((getattr(model, name) for name in _FORWARDS if callable(getattr(model, name, None))), model)
    try:
        named = [p.name for p in inspect.signature(method).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    except (TypeError, ValueError):  # a callable without a signature
        named = []
    names = [named[i] if i < len(named) else f"input {i}" for i in range(len(inputs))]
    return {name: held for name, held in zip(names, inputs, strict=True) if hasattr(memory(held), "shape")}


def required(function: Callable[..., Any]) -> list[str]:
    """Names of the arguments that a function cannot do without."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a callable without a signature
        return []
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.kind in positional and p.default is p.empty]


def optimizer_method(optimizer: Any) -> str:
    """The name of the method that takes a step.

    Raises:
        UsageError: There is none that we know.
    """
    for name in _OPTIMIZER_METHODS:
        if callable(getattr(optimizer, name, None)):
            return name
    message = (
        f"{type(optimizer).__name__} has no method step or update; hand over step=, "
        "a function without arguments that takes one step of your training"
    )
    raise UsageError(message)


def call_optimizer(
    optimizer: Any, method: str, model: Any, parameters: Callable[[], Any], gradients: Callable[[], Any]
) -> Any:
    """Take a step: with nothing, the gradients, the model, or parameters and gradients, as the method asks for."""
    function = getattr(optimizer, method)
    wanted = required(getattr(type(optimizer), method, function))
    wanted = wanted[1:] if hasattr(type(optimizer), method) else wanted
    if not wanted:
        return function()
    if len(wanted) == 1:
        if "grad" in wanted[0].lower():
            return function(gradients())
        return function(model if wanted[0].lower() in _MODEL_WORDS else parameters())
    if len(wanted) == 2:
        both = {True: gradients, False: parameters}
        first = "grad" in wanted[0].lower() or wanted[0].lower() in {"dw", "g"}
        return function(both[first](), both[not first]())
    message = f"{type(optimizer).__name__}.{method} asks for {', '.join(wanted)}; hand over step= instead"
    raise UsageError(message)


def flat(raw: Any, names: Sequence[str] | None = None, prefix: str = "") -> dict[str, Any]:
    """A mapping or a sequence of holders, nested or not, as one mapping."""
    if isinstance(raw, Mapping):
        pairs = [(f"{prefix}.{key}" if prefix else str(key), value) for key, value in raw.items()]
    else:
        pairs = [(names[i] if names and i < len(names) else f"{prefix}[{i}]", value) for i, value in enumerate(raw)]
    found: dict[str, Any] = {}
    for name, value in pairs:
        nested = isinstance(value, (Mapping, list, tuple)) and memory(value) is None
        found |= flat(value, prefix=name) if nested else {name: value}
    return found
