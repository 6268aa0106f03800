"""Central differences on three nested levels and what they say of themselves.

With t the step along a direction d, F(t) = f(x + t d) and levels h, h/2, h/4:
D(h) = (F(h) - F(-h)) / 2h,  R(h) = (4 D(h/2) - D(h)) / 3,  S(h) = F(h) + F(-h) - 2 F(0).
D is exact on polynomials of degree 2, R of degree 4. Source: Richardson (1911).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.types import Array

#: The levels of the stencil as fractions of the step h.
LEVELS = (1.0, 0.5, 0.25)
#: Forward evaluations of one stencil; F(0) is shared by all of them.
EVALUATIONS = 2 * len(LEVELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stencil:
    """The values of one three-level stencil; every array has the output's shape.

    Attributes:
        step: The step h, in units of the direction.
        base: F(0).
        plus: F(h), F(h/2), F(h/4).
        minus: F(-h), F(-h/2), F(-h/4).
    """

    step: float
    base: Array
    plus: tuple[Array, ...]
    minus: tuple[Array, ...]

    def difference(self, level: int) -> Array:
        """D at one level: 0 is h, 1 is h/2, 2 is h/4."""
        quotient: Array = (self.plus[level] - self.minus[level]) / (2.0 * self.step * LEVELS[level])
        return quotient

    def second_difference(self, level: int) -> Array:
        """S at one level; h^2 f'' for a smooth f, proportional to the distance from a kink otherwise."""
        curvature: Array = self.plus[level] + self.minus[level] - 2.0 * self.base
        return curvature

    def derivative(self) -> Array:
        """R(h/2), the estimate of dF/dt at 0."""
        return richardson(self.difference(1), self.difference(2))

    def truncation(self) -> Array:
        """R(h/2) - R(h), at least 15 times the truncation error left in R(h/2)."""
        return self.derivative() - richardson(self.difference(0), self.difference(1))

    def magnitude(self) -> Array:
        """The largest |F| on the stencil, per output."""
        largest: Array = np.abs(self.base)
        for values in (*self.plus, *self.minus):
            largest = np.maximum(largest, np.abs(values))
        return largest

    def fourth_difference(self) -> Array:
        """F(-h/2) - 4 F(-h/4) + 6 F(0) - 4 F(h/4) + F(h/2): noise, once h^4 f'''' is below it."""
        return self.plus[1] + self.minus[1] - 4.0 * (self.plus[2] + self.minus[2]) + 6.0 * self.base


def richardson(coarse: Array, fine: Array) -> Array:
    """(4 D(h/2) - D(h)) / 3: removes the h^2 term of the truncation error."""
    return (4.0 * fine - coarse) / 3.0


def evaluate(along: Callable[[float], Array], step: float, base: Array) -> Stencil:
    """Take the six values of a stencil.

    Args:
        along: t -> F(t).
        step: h, positive.
        base: F(0).
    """
    plus = tuple(along(step * level) for level in LEVELS)
    minus = tuple(along(-step * level) for level in LEVELS)
    return Stencil(step=step, base=base, plus=plus, minus=minus)
