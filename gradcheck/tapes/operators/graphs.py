"""Tensors used more than once: reuse, diamonds, long chains, comparisons on the way."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.tapes import draws
from gradcheck.tapes.calling import has_operator
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface
from gradcheck.types import Array

#: Long enough to show an order of backward that is wrong; no recursion is exhausted by it. Every step uses the last
#: one once: a backward that walks every path of a graph is right, and would walk two to the power of these.
CHAIN = 60
#: Keep what runs through a long chain, and its gradient, near 1.
KEPT, FED = 0.5, 0.5


def _operators(surface: Surface) -> Iterator[Operator]:
    shape: tuple[int, ...] = () if surface.is_scalar else (4, 3)
    has_sum, has_product = has_operator(surface.cls, "__add__"), has_operator(surface.cls, "__mul__")
    if has_sum and has_product:
        yield Operator(name="reuse", applications=tuple(_reuse(shape)), needs=("add", "mul"))
        yield Operator(name="diamond", applications=tuple(_diamonds(shape)), needs=("add", "mul"))
        yield Operator(
            name="chain",
            applications=(_one(f"{CHAIN} steps of h = 0.5 h + 0.5 x", shape, _chain),),
            needs=("add", "mul"),
        )
    compared = [name for name, _ in COMPARISONS if has_operator(surface.cls, f"__{name}__")]
    if has_product and compared:
        yield Operator(
            name="comparison",
            applications=tuple(
                _one(f"x * (x {symbol} 0.1)", shape, _masked(getattr(operator, name)))
                for name, symbol in COMPARISONS
                if name in compared
            ),
            needs=("mul",),
        )


COMPARISONS = (("gt", ">"), ("ge", ">="), ("lt", "<"), ("le", "<="))


def _reuse(shape: tuple[int, ...]) -> Iterator[Application]:
    yield _one("x + x", shape, lambda x: x + x)
    yield _one("x * x", shape, lambda x: x * x)
    yield _one("x * x * x", shape, lambda x: x * x * x)
    yield _one("x + x * x", shape, lambda x: x + x * x)


def _diamonds(shape: tuple[int, ...]) -> Iterator[Application]:
    yield _two("a * b + (a + b)", shape, lambda a, b: a * b + (a + b))
    yield _two("h = a * b; h + h", shape, _doubled)
    yield _two("h = a * b; k = h * a; h * k + h", shape, _uneven)
    yield _two("one branch longer than the other", shape, _long_branch)


def _doubled(a: Any, b: Any) -> Any:
    h = a * b
    return h + h


def _uneven(a: Any, b: Any) -> Any:
    h = a * b
    k = h * a
    return h * k + h


def _long_branch(a: Any, b: Any) -> Any:
    h = a + b
    k = h
    for _ in range(3):
        k = k * b + a
    return h * k


def _chain(x: Any) -> Any:
    h = x
    for _ in range(CHAIN):
        h = h * KEPT + x * FED
    return h


def _masked(compare: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        return x * compare(x, 0.1)

    return apply


def _one(text: str, shape: tuple[int, ...], apply: Callable[[Any], Any]) -> Application:
    return Application(text=text, operands={"x": _away(shape, "graph x")}, apply=apply, like=apply)


def _two(text: str, shape: tuple[int, ...], apply: Callable[[Any, Any], Any]) -> Application:
    operands = {"a": _away(shape, "graph a"), "b": _away(shape, "graph b")}
    return Application(text=text, operands=operands, apply=apply, like=apply)


def _away(shape: tuple[int, ...], purpose: str) -> Array:
    """Numbers of both signs away from 0: one alone near it would show nothing."""
    return np.asarray(np.sign(draws.gaussian(shape, f"{purpose} sign")) * draws.positive(shape, purpose))


OPERATORS = OperatorGroup(
    name="graphs",
    summary="tensors used more than once: reuse, diamonds, long chains, comparisons",
    operators=_operators,
)
