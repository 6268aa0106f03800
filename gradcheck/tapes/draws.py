"""Operands for operators: Gaussian or positive numbers of a shape, the same in every run."""

from __future__ import annotations

import numpy as np

from gradcheck.numerics import sampling
from gradcheck.types import Array

#: The smallest of positive draws: logarithms, roots and quotients are steep below it.
SMALLEST = 0.5


def gaussian(shape: tuple[int, ...], purpose: str) -> Array:
    """Standard normal numbers, no two alike in practice."""
    return sampling.gaussian(sampling.generator(0, purpose), shape)


def positive(shape: tuple[int, ...], purpose: str) -> Array:
    """Numbers from SMALLEST on."""
    return np.asarray(np.abs(gaussian(shape, purpose)) + SMALLEST)


def shown(*shapes: tuple[int, ...]) -> str:
    """Shapes as they are told, such as `(4, 3), (3,)`."""
    return ", ".join(str(shape) for shape in shapes)
