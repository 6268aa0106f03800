"""What frameworks call between a layer's construction and its first forward: shapes announced, weights made.

`set_input_shape`, `build(input_shape)`, `initialize(optimizer)`, `connect_to(previous)` and their kin.
They are tried only where forward or backward does not run without them.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.types import Array

#: Names of such methods in the order in which frameworks call them: shapes, then neighbours, then weights.
HOOKS = (
    "set_input_shape",
    "set_input_size",
    "connect_to",
    "connect",
    "set_optimizer",
    "set_optim",
    "build",
    "setup",
    "set_up",
    "initialize",
    "initialise",
    "init_params",
    "init_parameters",
    "initialize_parameters",
    "init_weights",
    "initialize_weights",
    "_init_params",
    "_build",
    "_initialize",
)
#: Attributes by which a layer is handed its optimizer from outside.
OPTIMIZER_ATTRIBUTES = ("optimizer", "optim", "opt", "weight_optimizer", "w_opt")

#: Tells an attribute that is missing from one that is None.
MISSING = object()

_SHAPE = re.compile(r"shape|dims?$", re.IGNORECASE)
_SIZE = re.compile(
    r"^(n_?in|in_?(dim|size|features|units|channels)|input_?(dim|size|features|units)|n_?inputs|units_?prev|prev_?units|fan_?in)$",
    re.IGNORECASE,
)
_OPTIMIZER = re.compile(r"opti?m(izer|iser)?|^opt$", re.IGNORECASE)
_PREVIOUS = re.compile(r"prev|layer|parent|inbound", re.IGNORECASE)
_LOSS = re.compile(r"loss|cost|objective", re.IGNORECASE)


class RecordingOptimizer:
    """An optimizer whose step is the gradient: weights before less weights after give it back.

    It answers to the names that home-made frameworks use and knows their usual arguments: (weights, gradient).
    """

    lr = learning_rate = 1.0

    def update(self, weights: Any, gradient: Any = None, *rest: Any, **named: Any) -> Any:
        """Weights less gradient; does nothing where it is handed something else."""
        del rest, named
        if isinstance(weights, np.ndarray) and isinstance(gradient, np.ndarray):
            return weights - gradient
        return weights

    step = apply = minimize = get_update = update_params = update_weights = __call__ = update


class Previous:
    """A stand-in for the layer before: it knows what it hands on."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.output_shape = self.out_shape = self.shape = self.input_shape = (None, *shape[1:])
        self.output_size = self.n_out = self.units = self.out_features = shape[-1]


def prepared(evaluator: Evaluator, x: Array) -> Iterator[object]:
    """Copies of a layer on which its hooks have been called, for an input that forward would get.

    Yields nothing where the layer has no hooks; several where a shape may or may not count the batch.
    """
    names = [name for name in HOOKS if callable(getattr(evaluator.layer, name, None))]
    awaiting = [name for name in OPTIMIZER_ATTRIBUTES if getattr(evaluator.layer, name, MISSING) is None]
    if not names and not awaiting:
        return
    for shape in (x.shape[1:], x.shape):
        layer = evaluator.run(_calling(evaluator, names, awaiting, x, shape))
        if layer is not None:
            yield layer


def _calling(
    evaluator: Evaluator, names: list[str], awaiting: list[str], x: Array, shape: tuple[int, ...]
) -> Callable[[], object | None]:
    def action() -> object | None:
        layer: Any = evaluator.copy()
        for name in awaiting:
            setattr(layer, name, RecordingOptimizer())
        called = bool(awaiting)
        for name in names:
            method = getattr(layer, name)
            arguments = _arguments(method, x, shape)
            if arguments is None:
                continue
            try:
                method(**arguments)
            except Exception:  # noqa: BLE001, S112 - a hook that refuses is one that was not meant for this; forward decides
                continue
            called = True
        return layer if called else None

    return action


def _arguments(method: Any, x: Array, shape: tuple[int, ...]) -> dict[str, Any] | None:
    arguments: dict[str, Any] = {}
    for parameter in inspect.signature(method).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        value = _value(parameter.name, x, shape)
        if value is not None and (parameter.default is parameter.empty or parameter.default is None):
            arguments[parameter.name] = value
        elif parameter.default is parameter.empty:
            return None
    return arguments


def _value(name: str, x: Array, shape: tuple[int, ...]) -> Any:
    if _OPTIMIZER.search(name):
        return RecordingOptimizer()
    if _SHAPE.search(name):
        return shape
    if _SIZE.match(name):
        return x.shape[-1] if x.ndim < 3 else x.shape[1]
    if _LOSS.search(name):
        return None
    if _PREVIOUS.search(name):
        return Previous(x.shape)
    return None
