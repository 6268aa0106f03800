"""Indexing: whole numbers, slices, arrays of places with duplicates, masks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.tapes import draws
from gradcheck.tapes.calling import has_operator
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface

#: How the index is written, and the index.
SLICES: tuple[tuple[str, Any], ...] = (
    ("x[1]", 1),
    ("x[-1]", -1),
    ("x[1:3]", slice(1, 3)),
    ("x[::2]", slice(None, None, 2)),
    ("x[::-1]", slice(None, None, -1)),
    ("x[:, 1]", (slice(None), 1)),
    ("x[:, 1:]", (slice(None), slice(1, None))),
    ("x[2, 1]", (2, 1)),
    ("x[..., 0]", (..., 0)),
    ("x[None]", None),
)
ARRAYS: tuple[tuple[str, Any], ...] = (
    ("x[[0, 2]]", [0, 2]),
    ("x[array([3, 0])]", np.array([3, 0])),
    ("x[array([0, 2, 2, 1, 2])], a row taken three times", np.array([0, 2, 2, 1, 2])),
    ("x[array([0, 1]), array([1, 2])]", (np.array([0, 1]), np.array([1, 2]))),
    ("x[array([0, 1, 1]), array([1, 2, 2])], an entry taken twice", (np.array([0, 1, 1]), np.array([1, 2, 2]))),
    ("x[array([[0, 1], [1, 0]])], rows taken twice", np.array([[0, 1], [1, 0]])),
    ("x[mask]", np.array([True, False, True, True])),
)
SHAPE = (4, 3)


def _operators(surface: Surface) -> Iterator[Operator]:
    if surface.is_scalar or not has_operator(surface.cls, "__getitem__"):
        return
    yield Operator(name="getitem", applications=tuple(_taken(text, index) for text, index in SLICES))
    yield Operator(name="getitem_arrays", applications=tuple(_taken(text, index) for text, index in ARRAYS))


def _taken(text: str, index: Any) -> Application:
    apply = _indexed(index)
    return Application(
        text=f"{text} of {SHAPE}",
        operands={"x": draws.gaussian(SHAPE, "index")},
        apply=apply,
        like=apply,
        is_optional=index is None,
    )


def _indexed(index: Any) -> Callable[[Any], Any]:
    return lambda x: x[index]


OPERATORS = OperatorGroup(
    name="indexing", summary="slices, whole numbers, arrays of places with duplicates, masks", operators=_operators
)
