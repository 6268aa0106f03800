"""Functions of one tensor, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.tapes import draws
from gradcheck.tapes.calling import callable_of
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface
from gradcheck.types import Array

Function = Callable[[Array], Array]


def _sigmoid(x: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def _relu(x: Array) -> Array:
    return np.maximum(x, 0.0)


#: Name, other names of it, NumPy's function (None where people's differ), whether it wants positive numbers.
FUNCTIONS: tuple[tuple[str, tuple[str, ...], Function | None, bool], ...] = (
    ("exp", ("exp",), np.exp, False),
    ("log", ("log", "ln"), np.log, True),
    ("log1p", ("log1p",), np.log1p, True),
    ("sqrt", ("sqrt",), np.sqrt, True),
    ("square", ("square",), np.square, False),
    ("abs", ("abs", "__abs__"), np.abs, False),
    ("sin", ("sin",), np.sin, False),
    ("cos", ("cos",), np.cos, False),
    ("tan", ("tan",), np.tan, False),
    ("arctan", ("arctan", "atan"), np.arctan, False),
    ("sinh", ("sinh",), np.sinh, False),
    ("cosh", ("cosh",), np.cosh, False),
    ("tanh", ("tanh", "_tanh"), np.tanh, False),
    ("sigmoid", ("sigmoid", "_sigmoid"), _sigmoid, False),
    ("relu", ("relu", "ReLU", "_relu"), _relu, False),
    ("reciprocal", ("reciprocal", "inv"), np.reciprocal, True),
    ("leaky_relu", ("leaky_relu", "leakyrelu"), None, False),
    ("elu", ("elu",), None, False),
    ("selu", ("selu",), None, False),
    ("gelu", ("gelu",), None, False),
    ("silu", ("silu", "swish"), None, False),
    ("softplus", ("softplus",), None, False),
    ("mish", ("mish",), None, False),
    ("hardtanh", ("hardtanh",), None, False),
    ("erf", ("erf",), None, False),
)
SHAPES: tuple[tuple[int, ...], ...] = ((4, 3), (2, 3, 4))


def _operators(surface: Surface) -> Iterator[Operator]:
    for name, names, like, is_positive in FUNCTIONS:
        call = callable_of(surface, names)
        if call is None:
            continue
        shapes = ((), ()) if surface.is_scalar else SHAPES
        draw = draws.positive if is_positive or surface.is_scalar else draws.gaussian
        yield Operator(
            name=name,
            applications=tuple(
                Application(
                    text=f"{name} of {shape}",
                    operands={"x": _turned(draw(shape, f"{name} {place}"), place, is_positive=is_positive)},
                    apply=call,
                    like=like,
                )
                for place, shape in enumerate(shapes)
            ),
        )


def _turned(x: Array, place: int, *, is_positive: bool) -> Array:
    """One number of either sign where there is one alone: a slope that is 0 on one side shows on the other."""
    return -x if place and not x.ndim and not is_positive else x


OPERATORS = OperatorGroup(
    name="elementwise", summary="exp, log, tanh, relu and their like, entry by entry", operators=_operators
)
