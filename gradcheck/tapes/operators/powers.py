"""Powers: of plain exponents, of tensors, of plain bases."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

from gradcheck.tapes import draws
from gradcheck.tapes.calling import has_operator
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface

EXPONENTS = (2, 3, -1, 0.5, 1)
#: Of a negative base only whole exponents are powers.
WHOLE = (2, 3)
BASE = 1.5


def _operators(surface: Surface) -> Iterator[Operator]:
    shape = () if surface.is_scalar else (4, 3)
    x = draws.positive(shape, "pow x")
    if has_operator(surface.cls, "__pow__"):
        applications = [_raised(f"x {shape} ** {exponent}", x, exponent) for exponent in EXPONENTS]
        applications += [_raised(f"negative x {shape} ** {exponent}", -x, exponent) for exponent in WHOLE]
        applications.append(
            Application(
                text=f"a {shape} ** b {shape}",
                operands={"a": x, "b": draws.gaussian(shape, "pow b")},
                apply=operator.pow,
                like=operator.pow,
            )
        )
        yield Operator(name="pow", applications=tuple(applications))
    if has_operator(surface.cls, "__rpow__"):
        yield Operator(
            name="rpow",
            applications=(
                Application(
                    text=f"{BASE} ** x {shape}",
                    operands={"x": draws.gaussian(shape, "rpow")},
                    apply=_base,
                    like=_base,
                ),
            ),
        )


def _raised(text: str, x: Any, exponent: float) -> Application:
    def apply(value: Any) -> Any:
        return value**exponent

    return Application(text=text, operands={"x": x}, apply=apply, like=apply)


def _base(value: Any) -> Any:
    return BASE**value


OPERATORS = OperatorGroup(name="powers", summary="x ** n, x ** y and n ** x", operators=_operators)
