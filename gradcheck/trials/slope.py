r"""The slope of the loss along a direction in the space of the parameters, and whether the gradient predicts it.

With f(t) = L(theta + t u), g the gradient under check and u = -g / rms(g) + xi in each parameter (xi Gaussian: a
gradient that is right where it is not zero would pass along itself alone), the prediction is f'(0) = <g, u>.

Three forwards: D = (f(h) - f(-h)) / 2h and S = f(h) + f(-h) - 2 f(0). By Taylor, D - f'(0) = h^2 f'''/6 + ... and
S = h^2 f'' + ... . Within the radius where the terms of the series fall, h^2 |f'''| / 6 <= h |f''| / 2, so that

    |D - f'(0)| <= |S| / 2h + 2 e / 2h,      e = ROUNDINGS eps max |f| + what two equal evaluations differ by,

the second term being what rounding f(h) and f(-h) adds. A kink at a distance a < h adds J (h - a) to one of the
values and half of that over h to D, and as much to S / 2h: the bound holds across a kink, and at one it spans both
slopes. Many kinks may cancel in S and not in D. Where the three disagree, four forwards more (h/2, h/4) measure the
truncation and the noise themselves (numerics.stencils), and a gradient is called wrong only where that also
disagrees, and does so again at another point and along another direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.numerics import sampling, stencils
from gradcheck.numerics.noise import FOURTH_DIFFERENCE_VARIANCE, ROUNDINGS_PER_OUTPUT
from gradcheck.numerics.stencils import Stencil
from gradcheck.numerics.steps import magnitude, root_mean_square
from gradcheck.trials.trial import Gradients, Point, Trial
from gradcheck.types import Array, Outcome

#: A sum of many terms is rounded more often than one operation: twice the allowance of numerics.noise.
ROUNDINGS = 2.0 * ROUNDINGS_PER_OUTPUT
#: The smallest relative error that must be visible for a gradient to count as confirmed.
RESOLVED = 0.1
#: How far beyond its bound a disagreement must lie to be called one.
BEYOND = 3.0
#: Where the second opinion is asked: parameters moved by this much of their own magnitude, off any kink at the start.
ASIDE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """One comparison: what the gradient predicts, what the loss does, and how far apart they may be, per unit step."""

    predicted: float
    measured: float
    allowed: float
    outcome: Outcome


def compare(trial: Trial, names: Sequence[str], start: Point, gradients: Gradients, *, purpose: str) -> Slope:
    """Compare the slope along one direction in some of the parameters, with a second opinion where it disagrees.

    Args:
        trial: The set-up.
        names: The parameters that are moved together.
        start: The parameters at the start.
        gradients: The gradients there; None counts as 0.
        purpose: Names the random part of the direction.

    Returns:
        FAILED only where the second opinion agrees; INCONCLUSIVE where the bound swallows the slope.
    """
    first = _compare_at(trial, names, start, gradients, purpose)
    if first.outcome is not Outcome.FAILED:
        return first
    rng = sampling.generator(trial.seed, f"aside {purpose}")
    aside = {
        name: (values + ASIDE * magnitude(values) * sampling.gaussian(rng, values.shape)).astype(values.dtype)
        if np.issubdtype(values.dtype, np.floating)
        else values
        for name, values in start.items()
    }
    second = _compare_at(trial, names, aside, trial.gradients_at(aside), f"second {purpose}")
    if second.outcome is Outcome.FAILED:
        return first
    return Slope(
        predicted=first.predicted, measured=first.measured, allowed=first.allowed, outcome=Outcome.INCONCLUSIVE
    )


def _compare_at(trial: Trial, names: Sequence[str], at: Point, gradients: Gradients, purpose: str) -> Slope:
    moved = [name for name in names if np.issubdtype(at[name].dtype, np.floating)]
    if not moved:
        return Slope(predicted=0.0, measured=float("nan"), allowed=float("inf"), outcome=Outcome.INCONCLUSIVE)
    eps = max(float(np.finfo(at[name].dtype).eps) for name in at if np.issubdtype(at[name].dtype, np.floating))
    direction = _direction(trial, moved, at, gradients, purpose)
    h = eps ** (1 / 3)
    known: dict[float, float] = {0.0: trial.loss_at(at)}

    def along(t: float) -> Array:
        if t not in known:
            point = {name: (at[name] + t * direction[name]).astype(at[name].dtype) for name in moved}
            known[t] = trial.loss_at({**at, **point})
        return np.array(known[t])

    predicted = _predicted(moved, at, gradients, direction, h)
    repeats = abs(trial.loss_at(at) - known[0.0])
    plus, minus = float(along(h)), float(along(-h))
    rounding = (ROUNDINGS * eps * max(abs(plus), abs(minus), abs(known[0.0])) + repeats) / h
    measured = (plus - minus) / (2 * h)
    allowed = abs(plus + minus - 2 * known[0.0]) / (2 * h) + rounding
    if not np.isfinite(measured) or not np.isfinite(predicted):
        outcome = Outcome.INCONCLUSIVE
    else:
        outcome = _verdict(predicted, measured, allowed)
    if outcome is Outcome.PASSED or repeats > 0.0 or not np.isfinite(measured):
        return Slope(
            predicted=predicted, measured=measured, allowed=allowed, outcome=outcome if not repeats else _soft(outcome)
        )
    stencil = stencils.evaluate(along, h, np.array(known[0.0]))
    measured = float(stencil.derivative())
    allowed = _measured_bound(stencil, rounding)
    return Slope(
        predicted=predicted, measured=measured, allowed=allowed, outcome=_verdict(predicted, measured, allowed)
    )


def _soft(outcome: Outcome) -> Outcome:
    return Outcome.INCONCLUSIVE if outcome is Outcome.FAILED else outcome


def _verdict(predicted: float, measured: float, allowed: float) -> Outcome:
    error, size = abs(measured - predicted), max(abs(measured), abs(predicted))
    if error > BEYOND * allowed:
        return Outcome.FAILED
    if error <= allowed <= RESOLVED * size:
        return Outcome.PASSED
    return Outcome.INCONCLUSIVE


def _measured_bound(stencil: Stencil, rounding: float) -> float:
    """What truncation was seen, what the slopes on both sides differ by, and noise over the finest step."""
    finest = stencil.step * stencils.LEVELS[-1]
    noise = abs(float(stencil.fourth_difference())) / FOURTH_DIFFERENCE_VARIANCE**0.5 / finest
    two_slopes = abs(float(stencil.second_difference(2))) / (2 * finest)
    levels = abs(float(stencil.difference(2) - stencil.difference(0)))
    return float(abs(stencil.truncation()) + two_slopes + levels + noise + rounding / stencils.LEVELS[-1])


def _direction(trial: Trial, names: Sequence[str], at: Point, gradients: Gradients, purpose: str) -> dict[str, Array]:
    found = {}
    for name in names:
        gradient = gradients[name]
        size = 0.0 if gradient is None else root_mean_square(np.asarray(gradient, dtype=np.float64))
        along = -np.asarray(gradient, dtype=np.float64) / size if gradient is not None and 0.0 < size < np.inf else 0.0
        rng = sampling.generator(trial.seed, f"slope {purpose} {name}")
        found[name] = magnitude(at[name].astype(np.float64)) * (along + sampling.gaussian(rng, at[name].shape))
    return found


def _predicted(
    names: Sequence[str], at: Point, gradients: Gradients, direction: Mapping[str, Array], h: float
) -> float:
    """<g, u> with u as it is after rounding: in float32 theta + h u is not quite h u away."""
    total = 0.0
    for name in names:
        gradient = gradients[name]
        if gradient is None:
            continue
        plus = (at[name] + h * direction[name]).astype(at[name].dtype).astype(np.float64)
        minus = (at[name] - h * direction[name]).astype(at[name].dtype).astype(np.float64)
        total += float(np.sum(np.asarray(gradient, dtype=np.float64) * (plus - minus))) / (2 * h)
    return total
