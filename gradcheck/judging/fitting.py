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
#: The smallest normal number of float64: nothing is allowed to be exactly nothing.
TINY = float(np.finfo(np.float64).tiny)


def residual(prediction: Prediction, evidence: Evidence) -> float:
    """Largest |actual - predicted| in units of what is allowed; infinite where the shapes differ."""
    compared = _compared(prediction, evidence)
    if compared is None or 2 * compared[0].size <= prediction.actual.size:
        return float("inf")
    observed, predicted = compared
    allowed = tolerance(evidence, predicted) + prediction.slack
    return float(np.abs(observed - predicted).max()) / allowed


def _compared(prediction: Prediction, evidence: Evidence) -> tuple[Array, Array] | None:
    """What was observed and what is predicted, flat, where anything is; None where the two cannot be compared."""
    observed = evidence.actual if prediction.observed is None else prediction.observed
    predicted = prediction.actual
    if observed.shape != predicted.shape or observed.size == 0:
        return None
    known = np.isfinite(predicted)
    if known.all():  # as nearly always; a choice by mask takes longer than all that is done with it
        observed, predicted = observed.ravel(), predicted.ravel()
    else:
        observed, predicted = observed[known], predicted[known]
    return (observed, predicted) if np.isfinite(observed).all() else None


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
    return max(wanted, least, TINY)


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
    compared = _compared(prediction, evidence)
    if compared is None:
        return None
    observed, predicted = compared
    scale = steps.largest(predicted)
    if scale == 0.0:
        return None
    along = predicted / scale  # squares of 1e200 overflow
    found = float((observed * along).sum()) / float(np.square(along).sum()) / scale
    scaled = found * predicted
    fits = bool((np.abs(observed - scaled) <= tolerance(evidence, scaled) + prediction.slack).all())
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
