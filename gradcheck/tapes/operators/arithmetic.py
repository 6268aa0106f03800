"""Binary operators and negation: broadcasting in nine shapes, plain numbers and arrays on both sides."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

from gradcheck.tapes import draws
from gradcheck.tapes.calling import has_operator
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface

#: Shapes of both operands; the first pair is the one without broadcasting.
SHAPES = (
    ((4, 3), (4, 3)),
    ((4, 3), (3,)),
    ((3,), (4, 3)),
    ((4, 3), (1, 3)),
    ((4, 1), (4, 3)),
    ((4, 1), (1, 3)),
    ((2, 4, 3), (4, 3)),
    ((2, 1, 3), (4, 1)),
    ((4, 3), (1,)),
)
SCALAR_SHAPES: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (((), ()),)
#: A plain number as the other operand.
NUMBER = 2.5
#: Method, reflected method, symbol, what it does, whether the second operand must stay away from 0.
BINARY: tuple[tuple[str, str, str, str, Callable[[Any, Any], Any], bool], ...] = (
    ("add", "__add__", "__radd__", "+", operator.add, False),
    ("sub", "__sub__", "__rsub__", "-", operator.sub, False),
    ("mul", "__mul__", "__rmul__", "*", operator.mul, False),
    ("truediv", "__truediv__", "__rtruediv__", "/", operator.truediv, True),
)


def _operators(surface: Surface) -> Iterator[Operator]:
    for name, method, reflected, symbol, apply, away in BINARY:
        if has_operator(surface.cls, method):
            applications = [
                *_pairs(surface, name, symbol, apply, away=away),
                *_numbers(surface, name, symbol, apply, has_reflected=has_operator(surface.cls, reflected)),
            ]
            yield Operator(name=name, applications=tuple(applications))
    if has_operator(surface.cls, "__neg__"):
        shapes: tuple[tuple[int, ...], ...] = ((),) if surface.is_scalar else ((4, 3), (2, 4, 3))
        yield Operator(name="neg", applications=tuple(_negated(shape) for shape in shapes))


def _pairs(
    surface: Surface, name: str, symbol: str, apply: Callable[[Any, Any], Any], *, away: bool
) -> Iterator[Application]:
    for left, right in SCALAR_SHAPES if surface.is_scalar else SHAPES:
        draw = draws.positive if away else draws.gaussian
        yield Application(
            text=f"{left} {symbol} {right}",
            operands={"a": draws.gaussian(left, f"{name} a"), "b": draw(right, f"{name} b")},
            apply=apply,
            like=apply,
            broadcasts=left != right,
        )


def _numbers(
    surface: Surface, name: str, symbol: str, apply: Callable[[Any, Any], Any], *, has_reflected: bool
) -> Iterator[Application]:
    shape = () if surface.is_scalar else (4, 3)
    x = {"x": draws.positive(shape, f"{name} x")}

    def right(value: Any) -> Any:
        return apply(value, NUMBER)

    def left(value: Any) -> Any:
        return apply(NUMBER, value)

    yield Application(text=f"x {shape} {symbol} {NUMBER}", operands=x, apply=right, like=right)
    if has_reflected:
        yield Application(text=f"{NUMBER} {symbol} x {shape}", operands=x, apply=left, like=left)


def _negated(shape: tuple[int, ...]) -> Application:
    return Application(
        text=f"-x {shape}", operands={"x": draws.gaussian(shape, "neg")}, apply=operator.neg, like=operator.neg
    )


OPERATORS = OperatorGroup(
    name="arithmetic",
    summary="+ - * / and negation, broadcast in nine shapes and with plain numbers",
    operators=_operators,
)
