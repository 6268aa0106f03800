"""Reductions: of all entries, along one axis or several, kept or not, of square and of other arrays; ties of maxima."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.tapes import draws
from gradcheck.tapes.calling import KEEP_NAMES, callable_of, named, with_axes
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface
from gradcheck.types import Array

Reduction = Callable[..., Any]

REDUCTIONS: tuple[tuple[str, tuple[str, ...], Reduction], ...] = (
    ("sum", ("sum",), np.sum),
    ("mean", ("mean",), np.mean),
    ("max", ("max", "amax"), np.max),
    ("min", ("min", "amin"), np.min),
    ("var", ("var", "variance"), np.var),
    ("std", ("std",), np.std),
    ("prod", ("prod",), np.prod),
)
#: Shape and axes; a square array hides a gradient that is spread along the wrong axis, another does not.
SETTINGS: tuple[tuple[tuple[int, ...], Any], ...] = (
    ((4, 3), None),
    ((4, 3), 0),
    ((4, 3), 1),
    ((4, 3), -1),
    ((3, 3), 0),
    ((3, 3), 1),
    ((3, 3), -1),
    ((2, 3, 4), None),
    ((2, 3, 4), 1),
    ((2, 3, 4), (0, 2)),
)
#: How it is told whether reduced axes are kept.
KEPT = {None: "", True: ", keepdims=True", False: ", keepdims=False"}
#: Operators whose answer depends on which entry is the largest: equal entries share its gradient.
EXTREMES = frozenset({"max", "min"})


def _operators(surface: Surface) -> Iterator[Operator]:
    if surface.is_scalar:
        return
    for name, names, like in REDUCTIONS:
        call = callable_of(surface, names)
        if call is not None:
            applications = [*_applications(call, name, like), *(_tied(call, name, like) if name in EXTREMES else ())]
            yield Operator(name=name, applications=tuple(applications))


def _applications(call: Callable[..., Any], name: str, like: Reduction) -> Iterator[Application]:
    keeps = (None, True, False) if named(call, KEEP_NAMES) else (None,)
    for shape, axes in SETTINGS:
        for keep in keeps:
            apply = with_axes(call, axes, keep=keep)
            if apply is None or (keep is False and axes != -1):
                continue
            yield Application(
                text=f"{name} of {shape}, axis={axes}{KEPT[keep]}",
                operands={"x": draws.gaussian(shape, f"{name} {shape}")},
                apply=apply,
                like=_like(like, axes, keep=bool(keep)),
                is_optional=axes == -1,
            )


def _tied(call: Callable[..., Any], name: str, like: Reduction) -> Iterator[Application]:
    """Equal largest entries, moved together: a gradient handed to each of them in full counts double."""
    values = np.array([1.5, -0.25, 0.75, -2.0, 3.0, -3.5])
    for axes, picked in ((None, [4, 1, 4, 5, 2, 5]), (1, [4, 4, 5, 5, 0, 0])):
        apply = with_axes(call, axes)
        if apply is not None:
            yield Application(
                text=f"{name} of equal entries, axis={axes}",
                operands={"x": values},
                apply=apply,
                like=_like(like, axes, keep=False),
                ties={"x": np.array(picked).reshape(3, 2)},
            )


def _like(like: Reduction, axes: Any, *, keep: bool) -> Callable[[Array], Array]:
    return lambda x: np.asarray(like(x, axis=axes, keepdims=keep))


OPERATORS = OperatorGroup(
    name="reductions", summary="sum, mean, max, min, var along axes, kept or not, with ties", operators=_operators
)
