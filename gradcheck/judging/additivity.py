"""Outputs that have no derivative where they are: finite differences of them are no slopes.

A derivative is additive in its direction, J (d + e) = J d + J e, and one number at every step. The median of tied
entries is neither smooth nor bent: F(h) = -F(-h) along every line, so that no second difference shows it, and yet it
stays where it is when one of them moves and not when all do.
"""

from __future__ import annotations

import numpy as np

from gradcheck.numerics import kinks, noise, sampling, steps, tolerance
from gradcheck.numerics.stencils import LEVELS, Stencil, evaluate
from gradcheck.types import Array, Subject


def departures(subject: Subject, name: str, direction: Array, step: float, y: Array, seed: int) -> Array:
    """Mark the outputs whose difference along a direction is not a derivative.

    R(d + e) - R(d) - R(e) and R(h/2) - R(h) of an output are at most its truncation and rounding where it is
    smooth, e a Gaussian direction.

    Args:
        subject: The function under check.
        name: The primal that moves.
        direction: d, at the magnitude of the primal.
        step: h, of the stencils.
        y: F(0).
        seed: Seed of e.

    Returns:
        Boolean, the output's shape.
    """
    x = subject.primals[name]
    other = sampling.direction(sampling.generator(seed, f"additivity {name}"), x, steps.magnitude(x))
    with np.errstate(all="ignore"):
        along, beside, both = (_stencil(subject, name, d, step, y) for d in (direction, other, direction + other))
        slopes = [stencil.derivative() for stencil in (along, beside, both)]
        truncations = [np.abs(stencil.truncation()) for stencil in (along, beside, both)]
        largest = np.max(np.abs(slopes), axis=0)
        rounding = _rounding(subject, along, y)
        apart = np.abs(slopes[2] - slopes[1] - slopes[0])
        additive = apart <= tolerance.DECISIVE * largest + sum(truncations) + rounding
        # h^4 of the slope where F is smooth; a share of it that no step makes smaller where the slope has no limit.
        settled = np.max(truncations, axis=0) <= kinks.DEPARTURE * largest + rounding
    departing: Array = np.isfinite(y) & ~(additive & settled)
    return departing


def _stencil(subject: Subject, name: str, direction: Array, step: float, y: Array) -> Stencil:
    x = subject.primals[name]
    return evaluate(lambda t: subject.value({**subject.primals, name: x + t * direction}), step, y)


def _rounding(subject: Subject, stencil: Stencil, y: Array) -> Array:
    """What the rounding of three slopes may add up to, per output; neighbours may be the terms of a small one."""
    finite = np.where(np.isfinite(y), stencil.magnitude(), 0.0)
    relative = noise.ROUNDINGS_PER_OUTPUT * max(subject.noise, steps.EPSILON)
    deviation = tolerance.RICHARDSON_WEIGHT * relative * np.maximum(finite, steps.root_mean_square(finite))
    rounding: Array = 3.0 * tolerance.ROUNDING_MARGIN * deviation / (stencil.step * LEVELS[-1])
    return rounding
