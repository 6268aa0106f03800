"""Methods by which a layer clears its gradients."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

#: Names by which layers call the method that clears their gradients, in lower case without underscores.
ZERO_METHODS = (
    "zerograd",
    "zerograds",
    "zerogradient",
    "zerogradients",
    "zeroparamgrads",
    "zeroparametergradients",
    "cleargrad",
    "cleargrads",
    "cleargradients",
    "resetgrad",
    "resetgrads",
    "resetgradients",
    "flushgradients",
)
#: Methods that may clear a gradient beside what else they do: a step of the weights, a new sequence.
_MAY_CLEAR = re.compile(r"zero|reset|clear|flush|init_?grad|update|step|apply|optimi[sz]e", re.IGNORECASE)
#: What a method that asks for something is handed: a learning rate, more often than not.
RATE = 0.01


def zero_method(layer: object) -> Callable[[], Any] | None:
    """The layer's own zero_grad, None where it has none that can be called without arguments."""
    for name in dir(type(layer)):
        if name.replace("_", "").lower() in ZERO_METHODS:
            method = getattr(layer, name)
            if callable(method) and _required(method) == 0:
                return method  # type: ignore[no-any-return] # what a call without arguments answers is not used
    return None


def may_clear(layer: object) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every public method that may clear gradients, with its name, ready to be called."""
    for name in dir(type(layer)):
        if name.startswith("__") or not _MAY_CLEAR.search(name):
            continue
        method = getattr(layer, name, None)
        if callable(method) and (count := _required(method)) is not None:
            yield name, functools.partial(method, *[RATE] * count)


def _required(method: Any) -> int | None:
    """How many arguments a method must be handed, None where that cannot be known."""
    try:
        parameters = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        return None
    open_ended = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    required = [one for one in parameters if one.default is one.empty and one.kind not in open_ended]
    return None if any(one.kind is one.KEYWORD_ONLY for one in required) else len(required)
