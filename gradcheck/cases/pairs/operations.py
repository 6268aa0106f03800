"""Inputs to try on an operation of a framework: operands of one shape, of a matrix product, numbers; then all else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.guessing.draws import Kind, draw
from gradcheck.cases.guessing.given import described
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import plain
from gradcheck.cases.pairs.candidates import candidates, signature_of
from gradcheck.cases.pairs.frames import Shape
from gradcheck.cases.pairs.listed import listed

_ROWS: Shape = (sizes.BATCH, sizes.FEATURES)
#: The second operand of a matrix product: as it stands in it, and turned.
_FACTORS: tuple[Shape, ...] = ((sizes.FEATURES, sizes.OUTPUTS), (sizes.OUTPUTS, sizes.FEATURES))
#: Roles of arguments that are not operands: weights and settings have shapes and values of their own.
_APART = frozenset({"weight", "input weight", "recurrent weight", "setting", "flag", "mask", "ids"})


def operation_candidates(function: Callable[..., Any], qualname: str, seed: int) -> Iterator[Inputs]:
    """Yield inputs to try, the likeliest first.

    A letter is an operand here, whatever it means elsewhere: the `b` of `forward(ctx, a, b)` is no bias.

    Args:
        function: The forward without its context.
        qualname: Its class, as a clue.
        seed: The case's seed.
    """
    names = [] if listed(function) else _operands(function)
    shapes: list[tuple[Shape, ...]] = [(_ROWS,) * len(names)] if names else []
    if len(names) == 2:
        shapes += [(_ROWS, factor) for factor in _FACTORS]
    yield from _of_shapes(names, shapes, seed)
    yield from candidates(function, qualname, seed)
    yield from _of_shapes(names, [((),) * len(names)], seed)


def _operands(function: Callable[..., Any]) -> list[str]:
    """Names of the arguments where all of them are operands, else none."""
    roles = signature_of(function).roles
    apart = any(role in _APART or (role in {"bias", "norm"} and len(plain(name)) > 1) for name, role in roles.items())
    return [] if apart else list(roles)


def _of_shapes(names: Sequence[str], shapes: Sequence[tuple[Shape, ...]], seed: int) -> Iterator[Inputs]:
    kinds: tuple[Kind, ...] = ("gaussian", "positive")
    for each in shapes if names else ():
        for kind in kinds:
            arguments = {
                name: np.asarray(draw(kind, shape, name, seed, batch_axis=0 if shape == _ROWS else None))
                for name, shape in zip(names, each, strict=True)
            }
            yield Inputs(
                arguments=arguments,
                differentiable=tuple(names),
                batch_axis=0 if each[0] else None,
                description=described(arguments) + (" positive" if kind == "positive" else ""),
            )
