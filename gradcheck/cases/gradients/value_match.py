"""Finding a gradient by its value, where its name says nothing.

It can only find gradients that are right: along one direction the array must agree with finite differences to
`AGREEMENT`. A wrong gradient under a name nobody recognises stays unfound, and the report says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.cases.gradients.sources import Aftermath, as_array
from gradcheck.numerics import sampling, steps
from gradcheck.numerics.stencils import evaluate
from gradcheck.types import Array

if TYPE_CHECKING:
    from gradcheck.cases.gradients.bound import Bound

#: Relative agreement along a random direction: far above rounding, and by chance one unrelated array in 10,000.
AGREEMENT = 1.0e-4


def match_by_value(name: str, aftermath: Aftermath, bound: Bound, y_bar: Array, taken: Sequence[object]) -> str | None:
    """The place whose array is the parameter's gradient by value, or None."""
    shape = bound.point[name].shape
    places = [
        (place, array)
        for place, value in aftermath.after.items()
        if (array := as_array(value)) is not None
        and array.shape == shape
        and place not in taken
        and aftermath.was_written(place)
        and np.any(array)
    ]
    if not places:
        return None
    tangent, expected = _expected(name, bound, y_bar)
    agreeing = [place for place, array in places if _agrees(array, tangent, expected)]
    return agreeing[0] if agreeing else None


def _expected(name: str, bound: Bound, y_bar: Array) -> tuple[Array, float]:
    x = bound.point[name]
    rng = sampling.generator(bound.evaluator.seed, f"match {name}")
    tangent = sampling.direction(rng, x, steps.magnitude(x))
    base = bound.value(bound.point)
    step = steps.stencil_step(steps.EPSILON)
    stencil = evaluate(lambda t: bound.value({**bound.point, name: x + t * tangent}), step, base)
    return tangent, float(np.sum(y_bar * stencil.derivative()))


def _agrees(array: Array, tangent: Array, expected: float) -> bool:
    actual = float(np.sum(array * tangent))
    return abs(actual - expected) <= AGREEMENT * abs(expected) and expected != 0.0
