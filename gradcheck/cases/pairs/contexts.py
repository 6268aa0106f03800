"""Static functions of home-made frameworks, `forward(ctx, a, b)` and `backward(ctx, grad)`, as a pair with a cache.

What forward keeps on its context is the cache of the pair: the value is answered with it, and backward is handed it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.cases.pairs.wording import attributes_read
from gradcheck.source.families import CONTEXT_NAMES

#: What a context is called in the pair; the rules by which caches are recognised know it.
CONTEXT = "ctx"
_CONTEXT_CLASS = re.compile(r".*(ctx|context)$", re.IGNORECASE)


class RecordedContext:
    """A context that keeps what it is handed: stands in where a framework's own is not found.

    Attributes:
        saved_tensors: What `save_for_backward` was handed last, always a tuple; the other names people give it as well.
    """

    def __init__(self) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self.save_for_backward()

    def save_for_backward(self, *values: Any) -> None:
        """Keep values under every name by which they are asked for."""
        self.saved_tensors = self.saved_values = self.saved_variables = self.saved_arrays = values

    def mark_non_differentiable(self, *_: Any) -> None:
        """Nothing: every output is looked at."""

    def mark_dirty(self, *_: Any) -> None:
        """Nothing: arguments are copies."""

    def set_materialize_grads(self, _: object) -> None:
        """Nothing: every upstream gradient is there."""


def as_pair(cls: type, forward: str, backward: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Forward without its context, answering with it last, and backward, handed it first.

    Functions of numbers are called entry by entry, each with a context of its own.

    Args:
        cls: The user's class; its two methods are static or of the class.
        forward: Name of the one.
        backward: Name of the other.
    """
    value, pullback = getattr(cls, forward), getattr(cls, backward)
    own = context_class(value, pullback, cls)

    def answered(*arguments: Any, **named: Any) -> tuple[Any, ...]:
        context = made(own, len(arguments) + len(named))
        raw = value(context, *arguments, **named)
        return (*raw, context) if isinstance(raw, tuple) else (raw, context)

    def of_entries(*arguments: Any) -> tuple[Any, ...]:
        entries = list(zip(*(np.ravel(one).tolist() for one in arguments), strict=True))
        contexts = [made(own, len(arguments)) for _ in entries]
        raw = [value(context, *entry) for context, entry in zip(contexts, entries, strict=True)]
        return np.reshape(np.array(raw, dtype=np.float64), np.shape(arguments[0])), contexts

    def pulled_back(context: Any, *upstream: Any, **named: Any) -> Any:
        if not isinstance(context, list):
            return pullback(context, *upstream, **named)
        sent = np.ravel(upstream[0]).tolist()
        found = np.array([pullback(one, y_bar) for one, y_bar in zip(context, sent, strict=True)], dtype=np.float64)
        return tuple(np.reshape(one, np.shape(upstream[0])) for one in found.reshape(len(sent), -1).T)

    forth = of_entries if _takes_numbers(value) else answered
    return _named_as(forth, value, has_context=False), _named_as(pulled_back, pullback, has_context=True)


def context_class(forward: Callable[..., Any], backward: Callable[..., Any], cls: type) -> type:
    """What forward's first argument is annotated with, else a class beside it that has what the two ask of a context.

    Args:
        forward: The user's forward, context and all.
        backward: The user's backward.
        cls: Their class.
    """
    visible = dict(getattr(_plain(forward), "__globals__", {}))
    for base in reversed(cls.__mro__[:-1]):
        module = inspect.getmodule(base)
        visible |= vars(module) if module is not None else {}
    wanted = next(iter(inspect.signature(forward).parameters.values())).annotation
    named = visible.get(wanted.strip("'\"").rpartition(".")[2]) if isinstance(wanted, str) else wanted
    if isinstance(named, type) and named not in {inspect.Parameter.empty, object}:
        return named
    asked = {name for function in (forward, backward) for name in attributes_read(_plain(function))}
    beside = (one for name, one in visible.items() if isinstance(one, type) and _CONTEXT_CLASS.match(name))
    return next((one for one in beside if all(hasattr(made(one, 1), name) for name in asked)), RecordedContext)


def made(own: type, inputs: int) -> Any:
    """A context for one call: the framework's own where that is made of nothing, else one that records."""
    try:
        context = own()
    except Exception:  # noqa: BLE001 - the user's constructor may want anything; the stand-in wants nothing
        context = RecordedContext()
    if isinstance(context, RecordedContext):
        context.needs_input_grad = (True,) * inputs
    return context


def _named_as(stand_in: Callable[..., Any], original: Callable[..., Any], *, has_context: bool) -> Callable[..., Any]:
    """The stand-in under the original's name, with its source and its signature."""
    first, *rest = inspect.signature(original).parameters.values()
    context = [first.replace(name=CONTEXT if first.name not in CONTEXT_NAMES else first.name)] if has_context else []
    named: Any = stand_in
    named.__name__, named.__wrapped__ = original.__name__, _plain(original)
    named.__module__ = original.__module__
    named.__signature__ = inspect.Signature([*context, *rest])
    return stand_in


def _plain(method: Callable[..., Any]) -> Callable[..., Any]:
    """The function as written, of a static method or one of the class."""
    written: Callable[..., Any] = inspect.unwrap(getattr(method, "__func__", method))
    return written


def _takes_numbers(forward: Callable[..., Any]) -> bool:
    """Whether all that a forward takes beside its context is annotated as a number."""
    annotated = [p.annotation for p in inspect.signature(forward).parameters.values()][1:]
    return bool(annotated) and all(one in {float, "float"} for one in annotated)
