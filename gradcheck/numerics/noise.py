"""How exact a function is: its relative noise along a line."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gradcheck.numerics.medians import median
from gradcheck.numerics.stencils import Stencil
from gradcheck.numerics.steps import EPSILON, NOISY, root_mean_square
from gradcheck.types import Array

#: Variance of the fourth difference of independent values of variance 1: 1 + 16 + 36 + 16 + 1.
FOURTH_DIFFERENCE_VARIANCE = 70.0

#: A correctly rounded output of a few operations carries at most about four units in the last place.
ROUNDINGS_PER_OUTPUT = 4.0

#: Step of the noise measurement, in units of the direction: (1e-6)^4 leaves nothing of a smooth function.
MEASURING_STEP = 4.0e-6
#: Multiples of it that are tried; no small ratio, so that they sample different roundings.
SAMPLES = (1.0, 1.37)
#: How much nearer what looks like noise is measured again.
NEARER = 1.0e-2
#: Values this much smaller than a unit step away are values at a zero of F.
AT_ZERO = 1.0e-3
#: Growth of that step while F does not resolve it, and where to stop.
STEP_GROWTH = 10.0
LARGEST_STEP = 1.0

#: Relative noise from which on F cannot be differentiated at all: half of float16's digits are gone.
UNREPEATABLE = 1.0e-2


def relative_noise(stencil: Stencil) -> float:
    """Median over moving outputs of the standard deviation of the noise divided by the outputs' magnitude.

    sigma_j = |Delta^4 F_j| / sqrt(70); the median, so that a few kinked outputs do not count; an output that does
    not move says nothing. Source: More and Wild, Estimating computational noise, SISC 33 (2011), with one order of
    difference.
    """
    magnitude = stencil.magnitude()
    used = np.isfinite(magnitude) & (magnitude > 0.0) & _moves(stencil)
    if not np.any(used):
        return EPSILON
    with np.errstate(invalid="ignore"):
        fourth = np.abs(stencil.fourth_difference())[used]
    # Relative to the typical magnitude of the outputs: a small output of a sum of large terms is as noisy as they are.
    deviation = median(fourth) / math.sqrt(FOURTH_DIFFERENCE_VARIANCE) / _typical(magnitude[used])
    return max(EPSILON, deviation, _storage(stencil, used))


def measure(along: Callable[[float], Array], base: Array) -> float:
    """Measure the relative noise of F along one direction with eight further evaluations, seldom more.

    Two steps, since a single fourth difference may vanish by chance. Where no output moves at all the step is
    below what the function resolves (float16 inside, a quantiser); it grows until one does, as More and Wild ask.
    What looks like noise is measured again much nearer: noise stays, a kink or an oscillation shrinks.

    Args:
        along: t -> F(t).
        base: F(0).

    Returns:
        The relative noise, at least float64's epsilon. Values at or above `UNREPEATABLE` mean that the same
        call does not give the same answer, or that F moves in jumps.
    """
    with np.errstate(all="ignore"):
        measured = _sampled(along, base, MEASURING_STEP)
        if measured is None:
            return max(EPSILON, _epsilon_of(base[base != 0.0]))
        if measured <= NOISY:
            return measured
        nearer = _sampled(along, base, MEASURING_STEP * NEARER, grow=False)
        if nearer is None or nearer >= measured:
            return measured
        # At a zero of F everything is small, noise and values alike: what counts is its size a unit step away.
        local, unit = _typical(along(MEASURING_STEP * NEARER)), _typical(along(1.0))
        at_zero = local < AT_ZERO * unit
        return max(EPSILON, min(measured, nearer) * (local / unit if at_zero else 1.0))


def _sampled(along: Callable[[float], Array], base: Array, step: float, *, grow: bool = True) -> float | None:
    """The larger noise of two stencils; None where no output moves."""
    while True:
        found = [_of_stencil(along, base, step * factor) for factor in SAMPLES]
        known = [value for value in found if value is not None]
        if known:
            return max(known)
        step *= STEP_GROWTH
        if not grow or step > LARGEST_STEP:
            return None


def _of_stencil(along: Callable[[float], Array], base: Array, step: float) -> float | None:
    halves = along(step / 2.0), along(-step / 2.0)
    quarters = along(step / 4.0), along(-step / 4.0)
    stencil = Stencil(
        step=step, base=base, plus=(halves[0], halves[0], quarters[0]), minus=(halves[1], halves[1], quarters[1])
    )
    return relative_noise(stencil) if np.any(_moves(stencil)) else None


def _typical(values: Array) -> float:
    """Root mean square of the finite values, 0 where there are none."""
    return root_mean_square(values[np.isfinite(values)])


def _moves(stencil: Stencil) -> Array:
    moved = np.zeros(stencil.base.shape, dtype=bool)
    for values in (*stencil.plus, *stencil.minus):
        moved |= values != stencil.base
    return moved


def _storage(stencil: Stencil, used: Array) -> float:
    """Epsilon of float16 or float32 where every moving output fits into it at every point; 0 where one does not.

    A float64 result of arithmetic does so by chance once in 2^29.
    """
    return _epsilon_of(np.stack([values[used] for values in (stencil.base, *stencil.plus, *stencil.minus)]))


def _epsilon_of(values: Array) -> float:
    if values.size == 0:
        return 0.0
    for narrow in (np.float16, np.float32):
        if np.array_equal(values.astype(narrow).astype(np.float64), values, equal_nan=True):
            return float(np.finfo(narrow).eps)
    return 0.0
