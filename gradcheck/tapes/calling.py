"""Finding a tape's operators by the names people give them, and handing them axes as they want them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gradcheck.tapes.model import Surface

AXIS_NAMES = ("axis", "axes", "dim", "dims")
KEEP_NAMES = ("keepdims", "keepdim", "keep_dims", "keep_dim")


def has_method(cls: type, name: str) -> bool:
    """Whether a class, or a base of it that is not Python's own, defines a method or property of that name."""
    return any(name in vars(base) for base in cls.__mro__ if base is not object)


def has_operator(cls: type, name: str) -> bool:
    """Whether a class defines an operator's method, such as `__add__`."""
    return has_method(cls, name) and getattr(cls, name, None) is not None


def callable_of(surface: Surface, names: Iterable[str]) -> Callable[..., Any] | None:
    """The first method of one of these names, else the first function of the project; both take the tensor first."""
    wanted = tuple(names)
    for name in wanted:
        if has_method(surface.cls, name) and callable(found := getattr(surface.cls, name)):
            return _method(name, found)
    return next((surface.functions[name] for name in wanted if name in surface.functions), None)


def _method(name: str, found: Callable[..., Any]) -> Callable[..., Any]:
    def call(tensor: Any, *arguments: Any, **named: Any) -> Any:
        return getattr(tensor, name)(*arguments, **named)

    call.__wrapped__ = found  # type: ignore[attr-defined] # so that its signature can be asked for
    return call


def parameters_of(call: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """A callable's parameters; empty where Python cannot tell."""
    try:
        return inspect.signature(call).parameters
    except (TypeError, ValueError):
        return {}


def named(call: Callable[..., Any], names: Iterable[str]) -> str:
    """Which of these names a callable's parameter has, or ""."""
    parameters = parameters_of(call)
    return next((name for name in names if name in parameters), "")


def takes_many(call: Callable[..., Any]) -> bool:
    """Whether a callable takes any number of positional arguments."""
    return any(p.kind is p.VAR_POSITIONAL for p in parameters_of(call).values())


def with_axes(call: Callable[..., Any], axes: Any, *, keep: bool | None = None) -> Callable[[Any], Any] | None:
    """The call with an axis, or axes, and whether they are kept; None where it takes no such argument.

    Args:
        call: The operator.
        axes: An axis, a tuple of axes, or None for all.
        keep: Whether reduced axes stay with length one; None to leave it open.
    """
    arguments: dict[str, Any] = {}
    if keep is not None:
        kept = named(call, KEEP_NAMES)
        if not kept:
            return None
        arguments[kept] = keep
    name = named(call, AXIS_NAMES)
    if axes is None:
        return lambda x: call(x, **arguments)
    if name:
        given = (axes,) if name in {"axes", "dims"} and isinstance(axes, int) else axes
        return lambda x: call(x, **{name: given}, **arguments)
    return None if len(parameters_of(call)) < 2 else lambda x: call(x, axes, **arguments)
