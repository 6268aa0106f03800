"""Outputs that have no derivative where they are: finite differences of them are no slopes.

A derivative is additive in its direction, J (d + e) = J d + J e, and one number at every step. The median of tied
entries is neither smooth nor bent: F(h) = -F(-h) along every line, so that no second difference shows it, and yet it
stays where it is when one of them moves and not when all do.
"""

from __future__ import annotations

import numpy as np

from gradcheck.numerics import kinks, noise, sampling, steps, tolerance
from gradcheck.numerics.stencils import LEVELS
from gradcheck.types import Array, Subject

#: Magnitudes of e beside its primal's: entries tied with one that d hardly moves are only passed by small steps.
SCALES = (1.0, 0.125)


def departures(subject: Subject, name: str, direction: Array, y: Array, seed: int) -> Array:
    """Mark the outputs whose difference along a direction is not a derivative; sixteen forwards.

    D(e + d) - D(e) = D(d) = D(e) - D(e - d) and D(h) = D(h/4) of an output hold but for rounding and h^2 f''' where
    it is smooth, e a Gaussian direction. Both signs: what d moves past its ties from one side it does not from the
    other.

    Args:
        subject: The function under check.
        name: The primal that moves.
        direction: d, at the magnitude of the primal.
        y: F(0).
        seed: Seed of e.

    Returns:
        Boolean, the output's shape.
    """
    x = subject.primals[name]
    rng = sampling.generator(seed, f"additivity {name}")
    far = steps.stencil_step(subject.noise)
    near = far * LEVELS[-1]
    rounding = _rounding(subject, y, near)
    departing = np.zeros(y.shape, dtype=bool)
    with np.errstate(all="ignore"):
        slope = _slope(subject, name, direction, near)
        for scale in SCALES:
            other = sampling.direction(rng, x, scale * steps.magnitude(x))
            before, at, after = (_slope(subject, name, other + t * direction, near) for t in (-1.0, 0.0, 1.0))
            largest = np.max(np.abs([slope, before, at, after]), axis=0)
            apart = np.maximum(np.abs(after - at - slope), np.abs(at - before - slope))
            departing |= ~(apart <= tolerance.DECISIVE * largest + rounding)
            if scale == SCALES[0]:
                unsettled = np.abs(_slope(subject, name, other, far) - at)
                departing |= ~(unsettled <= kinks.DEPARTURE * largest + rounding)
    return np.isfinite(y) & departing


def _slope(subject: Subject, name: str, direction: Array, step: float) -> Array:
    x = subject.primals[name]
    ahead, behind = (subject.value({**subject.primals, name: x + t * direction}) for t in (step, -step))
    slope: Array = (ahead - behind) / (2.0 * step)
    return slope


def _rounding(subject: Subject, y: Array, step: float) -> Array:
    """What the rounding of three slopes may add up to, per output; neighbours may be the terms of a small one."""
    finite = np.where(np.isfinite(y), np.abs(y), 0.0)
    deviation = noise.ROUNDINGS_PER_OUTPUT * max(subject.noise, steps.EPSILON)
    terms = np.maximum(finite, steps.root_mean_square(finite))
    rounding: Array = 3.0 * tolerance.ROUNDING_MARGIN * deviation * terms / step
    return rounding
