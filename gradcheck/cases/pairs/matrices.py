"""Operands that may be any matrices: `A @ B @ C`, `x + x @ A @ B`, the products of rows.

A single letter says nothing of a shape. Which shapes go together is for forward to say: sizes that are all unequal
meet in few ways, and what it refuses is not meant.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from gradcheck.cases.guessing.draws import Kind, draw
from gradcheck.cases.guessing.given import described
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.naming import sizes
from gradcheck.cases.pairs.candidates import fewest_first
from gradcheck.cases.pairs.roles import role_of

Shape = tuple[int, ...]

_N, _D, _M, _H = sizes.BATCH, sizes.FEATURES, sizes.OUTPUTS, sizes.HIDDEN
#: The first operand: rows, then a square, as an adjacency or the system of an equation is.
_FIRST: Final[tuple[Shape, ...]] = ((_N, _D), (_N, _N))
#: The others: what a row is multiplied by, its equal, what follows in a chain, one number a row or a feature.
_OTHERS: Final[tuple[Shape, ...]] = (
    (_D, _M), (_N, _M), (_N, _D), (_D, _H), (_H, _M), (_M, _H), (_M, _D), (_H, _D), (_D, _N), (_M, _N), (_N,), (_D,),
    (_M,),
)  # fmt: skip
#: Operands there may be, and combinations handed out: forward tries each.
FEWEST, MOST = 2, 4
MOST_COMBINED: Final = 400


def operands(inputs: Inputs) -> list[str]:
    """The arguments that may be any matrix: what is differentiated by, and a letter that was taken for a number."""
    arguments = inputs.arguments
    names = [name for name, value in arguments.items() if name in inputs.differentiable or _is_number(name, value)]
    is_plain = all(isinstance(arguments[name], (np.ndarray, float)) for name in names)
    return names if is_plain and FEWEST <= len(names) <= MOST else []


def combined(inputs: Inputs, seed: int) -> Iterator[Inputs]:
    """Yield the same call with matrices of every combination of shapes for its operands, the likeliest first.

    Args:
        inputs: A guess that fits badly; what is no operand in it stays.
        seed: The case's seed.
    """
    names = operands(inputs)
    for first in _FIRST if names else ():
        pools = [(first,), *([_OTHERS] * (len(names) - 1))]
        for places in itertools.islice(fewest_first([len(pool) for pool in pools]), MOST_COMBINED):
            shapes = {name: pool[place] for name, pool, place in zip(names, pools, places, strict=True)}
            yield _drawn(inputs, shapes, seed)


def _drawn(inputs: Inputs, shapes: Mapping[str, Shape], seed: int) -> Inputs:
    arguments: dict[str, Any] = dict(inputs.arguments)
    for name, shape in shapes.items():
        kind: Kind = "shares" if _is_number(name, arguments[name]) else "gaussian"
        arguments[name] = np.asarray(draw(kind, shape, name, seed, batch_axis=0))
    return dataclasses.replace(
        inputs, arguments=arguments, differentiable=_ordered(arguments, shapes), description=described(arguments)
    )


def _ordered(arguments: Mapping[str, Any], shapes: Mapping[str, Shape]) -> tuple[str, ...]:
    return tuple(name for name in arguments if name in shapes)


def _is_number(name: str, value: Any) -> bool:
    """Whether a letter that names a probability elsewhere was given one number."""
    return type(value) is float and name in {"p", "q"} and role_of(name) == "setting"
