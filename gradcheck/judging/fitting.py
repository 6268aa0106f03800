"""How well a predicted gradient fits the layer's, and an error in numbers."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from gradcheck.numerics import compare, steps
from gradcheck.types import Array, Evidence, Prediction

#: An explanation may be off by this share of the gradient: a hundred times the 1e-8 to which finite differences know
#: an entry, and far below what two unlike gradients have in common by chance.
SAME = compare.SAME_FACTOR
#: But never by more than this share of the error it explains.
OF_THE_ERROR = 1.0e-2
#: Allowed errors add up where entries do: a sum over an axis of a hundred has ten times the error of one.
GROWTH = 16.0
#: What a gradient that nobody judged is known to, relative to its largest entry.
BY_TRACE = 1.0e-13
BY_DIFFERENCES = 1.0e-8


def residual(prediction: Prediction, evidence: Evidence) -> float:
    """Largest |actual - predicted| in units of what is allowed; infinite where the shapes differ."""
    observed = evidence.actual if prediction.observed is None else prediction.observed
    if observed.shape != prediction.actual.shape or observed.size == 0:
        return float("inf")
    known = np.isfinite(prediction.actual)
    if 2 * np.count_nonzero(known) <= observed.size or not np.all(np.isfinite(observed[known])):
        return float("inf")
    allowed = tolerance(evidence, prediction.actual[known]) + prediction.slack
    return float(np.max(np.abs(observed[known] - prediction.actual[known]))) / allowed


def tolerance(evidence: Evidence, predicted: Array) -> float:
    """What an explanation may be off by in every entry.

    Args:
        evidence: The gradient and what it was judged on.
        predicted: What is predicted.
    """
    largest, allowed, error = _sizes(evidence)
    scale = max(steps.largest(predicted), largest)
    least = allowed * max(1.0, scale / (largest or 1.0))
    wanted = GROWTH * least + SAME * scale
    if error is not None:
        wanted = min(wanted, OF_THE_ERROR * error)
    return max(wanted, least, float(np.finfo(np.float64).tiny))


@functools.lru_cache(maxsize=1)
def _sizes(evidence: Evidence) -> tuple[float, float, float | None]:
    """The largest expected entry, allowed error and error; of one gradient they are asked for hundreds of times."""
    largest = steps.largest(evidence.expected[np.isfinite(evidence.expected)])
    allowed = float(np.max(evidence.allowed[np.isfinite(evidence.allowed)], initial=0.0))
    if evidence.expected.shape != evidence.actual.shape or not np.any(evidence.known):
        return largest, allowed, None
    return largest, allowed, steps.largest((evidence.actual - evidence.expected)[evidence.known])


def factor(prediction: Prediction, evidence: Evidence) -> float | None:
    """The c with actual = c * predicted on every entry, None where there is none or only one entry to tell."""
    observed = evidence.actual if prediction.observed is None else prediction.observed
    predicted = prediction.actual
    if observed.shape != predicted.shape or observed.size == 0:
        return None
    known = np.isfinite(predicted)
    if not np.all(np.isfinite(observed[known])):
        return None
    scale = steps.largest(predicted[known])
    if scale == 0.0:
        return None
    along = predicted[known] / scale  # squares of 1e200 overflow
    found = float(np.sum(observed[known] * along)) / float(np.sum(np.square(along))) / scale
    apart = np.abs(observed[known] - found * predicted[known])
    fits = bool(np.all(apart <= tolerance(evidence, found * predicted[known]) + prediction.slack))
    return found if fits else None


def described(evidence: Evidence) -> Iterator[str]:
    """The error in numbers: how much of it, how large, and how alike the two sides are."""
    known = evidence.known
    if not np.any(known):
        return
    expected, actual = evidence.expected[known], evidence.actual[known]
    error = actual - expected
    wrong = np.abs(error) > evidence.allowed[known]
    size = steps.norm(expected)
    share = steps.norm(error) / (size or 1.0)
    yield f"{int(np.count_nonzero(wrong))} of {expected.size} entries are off, by {share:.2g} of the gradient in all"
    if size and steps.norm(actual):
        cosine = float(np.sum(expected * actual)) / (size * steps.norm(actual))
        length = steps.norm(actual) / size
        yield f"the cosine between the two sides is {cosine:.3f}; the layer's is {length:.3g} times as long"
