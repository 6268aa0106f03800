"""Matrix products of every pair of ranks."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.tapes import draws
from gradcheck.tapes.calling import callable_of, has_operator
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface

Shape = tuple[int, ...]

SHAPES: tuple[tuple[Shape, Shape], ...] = (
    ((4, 3), (3, 5)),
    ((3, 3), (3, 3)),
    ((3,), (3,)),
    ((4, 3), (3,)),
    ((3,), (3, 5)),
    ((2, 4, 3), (2, 3, 5)),
    ((2, 4, 3), (3, 5)),
    ((4, 3), (2, 3, 5)),
    ((2, 4, 3), (3,)),
    ((3,), (2, 3, 5)),
    ((1, 4, 3), (2, 3, 5)),
    ((2, 1, 4, 3), (3, 3, 5)),
)


def _operators(surface: Surface) -> Iterator[Operator]:
    if surface.is_scalar:
        return
    product: Callable[..., Any] | None = operator.matmul
    symbol = "@"
    if not has_operator(surface.cls, "__matmul__"):
        product, symbol = callable_of(surface, ("matmul", "mm", "bmm")), "matmul"
    if product is not None:
        yield Operator(name="matmul", applications=tuple(_applications(product, symbol, np.matmul)))
    if (dot := callable_of(surface, ("dot",))) is not None:
        yield Operator(name="dot", applications=tuple(_applications(dot, "dot", np.dot)))


def _applications(product: Callable[..., Any], symbol: str, like: Callable[..., Any]) -> Iterator[Application]:
    for left, right in SHAPES:
        # Rows that are shared by a batch have their gradients summed over it.
        yield Application(
            text=f"{left} {symbol} {right}",
            operands={"a": draws.gaussian(left, "product a"), "b": draws.gaussian(right, "product b")},
            apply=product,
            like=like,
            is_optional=1 in {len(left), len(right)},
            broadcasts=len(left) > 1 and len(right) > 1 and left[:-2] != right[:-2],
        )


OPERATORS = OperatorGroup(name="products", summary="matrix products of every pair of ranks", operators=_operators)
