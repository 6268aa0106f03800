"""Which entries of a suspect gradient are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.judging import opinion
from gradcheck.judging.opinion import Verdict
from gradcheck.judging.probing import Point, Probe
from gradcheck.numerics import compare, locate, steps, tolerance
from gradcheck.types import Array, Mismatch, Oracle

#: Arrays up to this many entries are compared entirely.
ENTIRE = 2000
#: Entries of a larger one that are compared to see whether one factor explains it all.
SAMPLE = 16
#: A network with many wrong parameters is told by the first of them; the rest are confirmed, not located.
MOST_FORWARDS_IN_ALL = 8000


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """What is known of one suspect gradient.

    Attributes:
        name: Primal name.
        k: Which cotangent.
        indices: Flat indices of the entries compared.
        expected, actual: Their values; expected is NaN where the entry's step crosses a kink.
        allowed: Allowed error per entry.
        wrong: How many are wrong.
        complete: Whether there can be no more.
        mismatches: Worst first.
        confirmed: Whether the second opinion agrees that the gradient is wrong.
        factor: actual = factor * expected everywhere, if so.
    """

    name: str
    k: int
    indices: Array
    expected: Array
    actual: Array
    allowed: Array
    wrong: int
    complete: bool
    mismatches: tuple[Mismatch, ...]
    confirmed: bool
    factor: float | None


def examine(point: Point, name: str, k: int, probe: Probe | None, direction: Array, oracle: Oracle) -> Located:
    """Locate the wrong entries of one gradient and ask again along them.

    Args:
        point: The point of the check.
        name: The suspect's name.
        k: Which cotangent saw the disagreement.
        probe: The probe that disagreed, None where none did along this primal alone.
        direction: Its direction.
        oracle: Where expected values come from.
    """
    x = point.subject.primals[name]
    gradient, cotangent = point.gradients[k][name].ravel(), point.cotangents[k]
    indices, complete = np.arange(x.size), True
    everywhere = None
    if x.size > ENTIRE:
        everywhere = _factor_of_sample(point, name, k, probe, oracle)
        indices, complete = _sample(x.size), everywhere is not None
    if not complete:
        indices, complete = _bisected(point, name, k, probe, direction)
    estimate = oracle.entries(point.subject, name, indices, cotangent, point.y)
    expected, actual = estimate.value, gradient[indices]
    precision = max(point.precision.get(name, 0.0), point.subject.noise, point.subject.precision, steps.EPSILON)
    own = tolerance.BACKWARD_ROUNDINGS * precision * np.abs(actual) + point.rounding.get(name, 0.0)
    cancelled = tolerance.cancellation_bound(cotangent, np.ones(1), precision)
    allowed = estimate.error_bound + own + cancelled
    known = ~np.isnan(expected)
    found = compare.mismatches(name, x.shape, indices[known], expected[known], actual[known], allowed[known])
    wrong = np.abs(actual[known] - expected[known]) > allowed[known]
    disagreement = np.zeros(x.size)
    disagreement[indices[known]] = np.where(wrong, actual[known] - expected[known], 0.0)
    if not np.any(disagreement) and np.any(known):
        disagreement[indices[known]] = actual[known] - expected[known]
    return Located(
        name=name,
        k=k,
        indices=indices,
        expected=expected,
        actual=actual,
        allowed=allowed,
        wrong=x.size if everywhere is not None else int(np.count_nonzero(wrong)),
        complete=complete and bool(np.all(known)),
        mismatches=found,
        confirmed=opinion.ask(point, name, disagreement.reshape(x.shape), k, oracle).verdict is Verdict.CONFIRMED,
        factor=compare.common_factor(expected[known], actual[known], allowed[known]) if complete else None,
    )


def _sample(size: int) -> Array:
    return np.linspace(0, size - 1, SAMPLE).astype(np.intp)


def _factor_of_sample(point: Point, name: str, k: int, probe: Probe | None, oracle: Oracle) -> float | None:
    """A factor that explains a sample of a large gradient and the whole of it along the probe's direction."""
    if probe is None:
        return None
    indices = _sample(point.subject.primals[name].size)
    estimate = oracle.entries(point.subject, name, indices, point.cotangents[k], point.y)
    if np.any(np.isnan(estimate.value)):
        return None
    actual = point.gradients[k][name].ravel()[indices]
    factor = compare.common_factor(estimate.value, actual, np.asarray(estimate.error_bound))
    if factor is None or abs(probe.actual - factor * probe.expected) > probe.allowed * max(1.0, abs(factor)):
        return None
    return factor


def cost(size: int) -> int:
    """Forwards that locating the wrong entries of an array of this size may take."""
    return 2 * size if size <= ENTIRE else locate.MOST_FORWARDS


def unlocated(point: Point, name: str, k: int, direction: Array, oracle: Oracle) -> Located:
    """A suspect that is confirmed along the direction that found it, its entries left unlocated."""
    nothing = np.zeros(0)
    return Located(
        name=name,
        k=k,
        indices=nothing.astype(np.intp),
        expected=nothing,
        actual=nothing,
        allowed=nothing,
        wrong=0,
        complete=False,
        mismatches=(),
        confirmed=opinion.ask(point, name, direction, k, oracle).verdict is Verdict.CONFIRMED,
        factor=None,
    )


def _bisected(point: Point, name: str, k: int, probe: Probe | None, direction: Array) -> tuple[Array, bool]:
    subject, cotangent = point.subject, point.cotangents[k]
    x, gradient = subject.primals[name], point.gradients[k][name]
    step = steps.entry_step(subject.noise)
    used = cotangent != 0.0

    def residual(indices: Array) -> float:
        tangent = np.zeros(x.size)
        tangent[indices] = direction.ravel()[indices]
        shaped = tangent.reshape(x.shape)
        plus = subject.value({**subject.primals, name: x + step * shaped})
        minus = subject.value({**subject.primals, name: x - step * shaped})
        expected = float(np.sum(cotangent[used] * (plus - minus)[used])) / (2.0 * step)
        return float(np.sum(gradient * shaped)) - expected

    parent = probe.actual - probe.expected if probe is not None else residual(np.arange(x.size))
    bound = tolerance.entry_bound(cotangent, np.where(used, point.y, 0.0), subject.noise, step, 1.0)
    found = locate.bisect(residual, x.size, parent, bound)
    return found.indices, found.complete


def worst(located: Sequence[Located]) -> tuple[Mismatch, ...]:
    """All mismatches of several gradients, worst first."""
    together = [mismatch for one in located for mismatch in one.mismatches]
    return tuple(sorted(together, key=lambda m: -abs(m.actual - m.expected)))[: compare.MOST_MISMATCHES]
