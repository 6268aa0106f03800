"""Several tensors into one: concatenation, stacks, choices."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.tapes import draws
from gradcheck.tapes.calling import callable_of, has_method
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface
from gradcheck.types import Array

CONDITION = np.array([[True, False, True], [False, False, True], [True, True, False], [False, True, False]])
SHAPE = (4, 3)


def _operators(surface: Surface) -> Iterator[Operator]:
    if surface.is_scalar:
        return
    if join := _of_a_list(surface, ("concatenate", "concat", "cat")):
        yield Operator(
            name="concatenate",
            applications=(
                _joined(join, "concatenate", (4, 3), (2, 3), 0, np.concatenate),
                _joined(join, "concatenate", (4, 3), (4, 2), 1, np.concatenate),
            ),
        )
    if stack := _of_a_list(surface, ("stack",)):
        yield Operator(
            name="stack",
            applications=tuple(_joined(stack, "stack", SHAPE, SHAPE, axis, np.stack) for axis in (0, 1)),
        )
    if where := _project_function(surface, "where"):
        yield Operator(name="where", applications=tuple(_chosen(where)))
    for name, like in (("maximum", np.maximum), ("minimum", np.minimum)):
        if extreme := callable_of(surface, (name,)):
            yield Operator(name=name, applications=tuple(_extreme(extreme, name, like)))


def _of_a_list(surface: Surface, names: tuple[str, ...]) -> Callable[..., Any] | None:
    for name in names:
        if isinstance(inspect.getattr_static(surface.cls, name, None), staticmethod | classmethod):
            own: Callable[..., Any] = getattr(surface.cls, name)
            return own
    return next((found for name in names if (found := _project_function(surface, name))), None)


def _project_function(surface: Surface, name: str) -> Callable[..., Any] | None:
    return None if has_method(surface.cls, name) else surface.functions.get(name)


def _joined(
    join: Callable[..., Any],
    name: str,
    left: tuple[int, ...],
    right: tuple[int, ...],
    axis: int,
    like: Callable[..., Array],
) -> Application:
    return Application(
        text=f"{name} {left}, {right}, axis={axis}",
        operands={"a": draws.gaussian(left, f"{name} a"), "b": draws.gaussian(right, f"{name} b")},
        apply=lambda a, b: join([a, b], axis),
        like=lambda a, b: like([a, b], axis),
    )


def _chosen(where: Callable[..., Any]) -> Iterator[Application]:
    for right in (SHAPE, (3,)):
        yield Application(
            text=f"where {SHAPE}, {right}",
            operands={"a": draws.gaussian(SHAPE, "where a"), "b": draws.gaussian(right, "where b")},
            apply=lambda a, b: where(CONDITION, a, b),
            like=lambda a, b: np.where(CONDITION, a, b),
            broadcasts=right != SHAPE,
        )


def _extreme(call: Callable[..., Any], name: str, like: Callable[..., Any]) -> Iterator[Application]:
    for right in (SHAPE, (3,)):
        yield Application(
            text=f"{name} {SHAPE}, {right}",
            operands={"a": draws.gaussian(SHAPE, f"{name} a"), "b": draws.gaussian(right, f"{name} b")},
            apply=call,
            like=like,
            broadcasts=right != SHAPE,
        )


OPERATORS = OperatorGroup(name="joining", summary="concatenation, stacks, choices", operators=_operators)
