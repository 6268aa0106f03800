"""Softmax, its logarithm and log-sum-exp along axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.tapes import draws
from gradcheck.tapes.calling import AXIS_NAMES, callable_of, named, with_axes
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface
from gradcheck.types import Array


def _softmax(x: Array, axis: int | None) -> Array:
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return np.asarray(e / np.sum(e, axis=axis, keepdims=True))


def _log_softmax(x: Array, axis: int | None) -> Array:
    return np.log(_softmax(x, axis))


def _log_sum_exp(x: Array, axis: int | None) -> Array:
    return np.asarray(np.log(np.sum(np.exp(x), axis=axis)))


FUNCTIONS: tuple[tuple[str, tuple[str, ...], Callable[[Array, int | None], Array]], ...] = (
    ("softmax", ("softmax",), _softmax),
    ("log_softmax", ("log_softmax", "logsoftmax"), _log_softmax),
    ("logsumexp", ("logsumexp", "log_sum_exp"), _log_sum_exp),
)
SETTINGS: tuple[tuple[tuple[int, ...], int], ...] = (((4, 3), 1), ((4, 3), 0), ((3, 3), 0), ((2, 3, 4), -1))


def _operators(surface: Surface) -> Iterator[Operator]:
    if surface.is_scalar:
        return
    for name, names, like in FUNCTIONS:
        call = callable_of(surface, names)
        if call is None:
            continue
        if named(call, AXIS_NAMES):
            settings = [(shape, axis, with_axes(call, axis)) for shape, axis in SETTINGS]
            applications = [_along(name, shape, axis, apply, like) for shape, axis, apply in settings if apply]
        else:
            applications = [_along(name, (4, 3), 1, call, like)]
        yield Operator(name=name, applications=tuple(applications))


def _along(
    name: str,
    shape: tuple[int, ...],
    axis: int,
    apply: Callable[[Any], Any],
    like: Callable[[Array, int | None], Array],
) -> Application:
    return Application(
        text=f"{name} of {shape}, axis={axis}",
        operands={"x": draws.gaussian(shape, name)},
        apply=apply,
        like=lambda x: like(x, axis),
        is_optional=axis < 0,
    )


OPERATORS = OperatorGroup(name="softmax", summary="softmax, its logarithm and log-sum-exp", operators=_operators)
