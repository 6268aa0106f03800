"""Finite differences along Gaussian directions: cost independent of the number of entries.

Six forwards a direction (`numerics/stencils.py`), one forward for F(0) that the caller has already.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcheck.numerics import kinks, noise, sampling, steps, tolerance
from gradcheck.numerics.stencils import EVALUATIONS, Stencil, evaluate
from gradcheck.types import Array, Directional, Estimate, Oracle, Primals, Subject, Tangents

#: Share of a cotangent's energy that may be masked before a probe says nothing of what is left.
MOST_MASKED = 0.5
#: Below this step, the root of float64's epsilon, a difference keeps fewer than half of its digits.
SMALLEST_STEP = steps.EPSILON**0.5
#: Largest |f'''| / |f'| per squared unit of x that the two-point difference of an entry allows for: sin(30 x).
THIRD_DERIVATIVE = 1.0e3


def moved(primals: Primals, tangents: Tangents, step: float) -> dict[str, Array]:
    """The primals at x + step * d; those without a tangent stay where they are."""
    return {name: x + step * tangents[name] if name in tangents else x for name, x in primals.items()}


def directional(subject: Subject, directions: Sequence[Tangents], cotangents: Sequence[Array], y: Array) -> Directional:
    """Estimate <v, J d> for every direction d and cotangent v.

    Outputs on a kink along any direction get cotangent 0 in all of them, so that one backward per cotangent
    serves every direction. A direction that would mask more than half of the cotangent's energy is given up
    instead and the steps after it are smaller: a kink met by one direction is often met by that one alone.

    Args:
        subject: The function under check.
        directions: Tangents by primal name; a primal left out does not move.
        cotangents: Upstream gradients, the output's shape.
        y: F(0).
    """
    with np.errstate(all="ignore"):
        return _directional(subject, directions, cotangents, y)


def _directional(
    subject: Subject, directions: Sequence[Tangents], cotangents: Sequence[Array], y: Array
) -> Directional:
    step = steps.stencil_step(subject.noise)
    masked = ~np.isfinite(y)
    stencils: list[Stencil | None] = []
    for tangents in directions:
        stencil = along(subject, tangents, step, y)
        joined = masked | kinks.kinked(stencil, subject.noise)
        if _share(joined, cotangents) > MOST_MASKED:
            stencils.append(None)
            step = max(step / steps.SHRINK, SMALLEST_STEP)
            continue
        masked = joined
        stencils.append(stencil)
    used = tuple(np.where(masked, 0.0, v) for v in cotangents)
    estimates = tuple(tuple(_estimate(stencil, v, subject, masked) for v in used) for stencil in stencils)
    return Directional(estimates=estimates, cotangents=used, forwards=len(directions) * EVALUATIONS)


def along(subject: Subject, tangents: Tangents, step: float, y: Array) -> Stencil:
    """The stencil of the subject along one direction."""
    return evaluate(lambda t: subject.value(moved(subject.primals, tangents, t)), step, y)


def entries(subject: Subject, name: str, indices: Array | None, cotangent: Array, y: Array) -> Estimate:
    """Estimate single entries of the VJP by a two-point difference each.

    Args:
        subject: The function under check.
        name: Primal name.
        indices: Flat indices, or None for all.
        cotangent: v, with kinked outputs set to 0.
        y: F(0).

    Returns:
        Values and error bounds, shape (k,); NaN where the entry's own step crosses a kink.
    """
    x = subject.primals[name]
    chosen = np.arange(x.size) if indices is None else indices
    scale = steps.magnitude(x)
    step = steps.entry_step(subject.noise)
    used = cotangent != 0.0
    values = np.empty(len(chosen))
    for position, flat in enumerate(chosen):
        unit = np.zeros(x.size)
        unit[flat] = scale
        tangents = {name: unit.reshape(x.shape)}
        plus = subject.value(moved(subject.primals, tangents, step))[used]
        minus = subject.value(moved(subject.primals, tangents, -step))[used]
        values[position] = _two_point(plus, minus, y[used], cotangent[used], step, subject.noise) / scale
    bound = tolerance.entry_bound(cotangent, np.where(used, y, 0.0), subject.noise, step, scale)
    bound += step**2 * THIRD_DERIVATIVE / 6.0 * float(np.nanmax(np.abs(values), initial=0.0))
    return Estimate(value=values, error_bound=np.full(len(chosen), bound), step=step)


def measure_noise(subject: Subject, y: Array) -> float:
    """The relative noise of the subject's forward along one joint direction."""
    rng = sampling.generator(0, "noise")
    tangents = {n: sampling.direction(rng, x, steps.magnitude(x)) for n, x in subject.primals.items()}
    return noise.measure(lambda t: subject.value(moved(subject.primals, tangents, t)), y)


def _two_point(plus: Array, minus: Array, base: Array, weights: Array, step: float, relative: float) -> float:
    change = plus - minus
    curvature = np.abs(plus + minus - 2.0 * base)
    floor = kinks.NOISE_MARGIN * noise.ROUNDINGS_PER_OUTPUT * relative * np.abs(base)
    # Smooth: |S| / |2hD| = h |f''| / 2|f'|, far below DEPARTURE; a kink within the step makes it of order 1.
    if np.any(curvature > kinks.DEPARTURE * np.abs(change) + floor + np.sqrt(relative) * step * np.abs(base)):
        return float("nan")
    return float(np.sum(weights * change)) / (2.0 * step)


def _share(masked: Array, cotangents: Sequence[Array]) -> float:
    energies = [(float(np.sum(np.square(v[masked]))), float(np.sum(np.square(v)))) for v in cotangents]
    return max((lost / total if total > 0.0 else 1.0) for lost, total in energies)


def _estimate(stencil: Stencil | None, cotangent: Array, subject: Subject, masked: Array) -> Estimate:
    if stencil is None:
        return Estimate(value=float("nan"), error_bound=float("inf"), masked=1.0)
    used = cotangent != 0.0
    value = float(np.sum(cotangent[used] * stencil.derivative()[used]))
    bound = tolerance.probe_bound(stencil, cotangent, subject.noise)
    share = float(np.count_nonzero(masked)) / max(masked.size, 1)
    return Estimate(value=value, error_bound=bound, masked=share, step=stencil.step)


def _unavailable(subject: Subject) -> str | None:
    if subject.noise >= noise.UNREPEATABLE:
        return "forward does not give the same answer twice, or moves in jumps"
    return None


ORACLE = Oracle(
    name="finite_difference",
    summary="three-level central differences along random directions, with a measured error bound",
    unavailable=_unavailable,
    directional=directional,
    entries=entries,
)
