"""A term is missing, or one too many: the error has the form of one along some axes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from gradcheck.judging.features import Feature, features, normalised
from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Entries that each free number must explain.
ENTRIES_EACH = 4
#: Axes up to which every set of them is tried.
MOST_AXES = 4
#: Two features whose squared sine is below this are one.
PARALLEL = 1.0e-8
#: A factor this near to one or minus one is that.
EXACTLY = 1.0e-6


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual = expected + s * F, with an F at hand and s the same along some axes."""
    evidence = dispute.evidence
    expected, actual = dispute.expected[evidence.name], evidence.actual
    if actual.shape != expected.shape or not 0 < expected.ndim <= MOST_AXES or expected.size < 2 * ENTRIES_EACH:
        return
    error = np.where(np.isfinite(expected), actual - expected, 0.0)
    everywhere = list(features(dispute, expected.shape))
    if evidence.y_bar.shape == expected.shape and evidence.y_bar.size > 1:
        everywhere.insert(0, Feature("the upstream gradient", evidence.y_bar))
    for count in range(1, expected.ndim + 1):
        for axes in itertools.combinations(range(expected.ndim), count):
            length = int(np.prod([expected.shape[axis] for axis in axes]))
            if length < ENTRIES_EACH or any(expected.shape[axis] == 1 for axis in axes):
                continue
            along = [
                Feature("a constant", np.ones(expected.shape)),
                Feature(f"normalised `{evidence.name}`", normalised(dispute.x, axes)),
                *everywhere,
            ]
            laid = _laid_out(error, axes, along)
            for one in laid.terms:
                yield from _fitted(expected, laid, [one])
            if length >= 2 * ENTRIES_EACH:
                constant, *others = laid.terms
                for second in others:
                    yield from _fitted(expected, laid, [constant, second])


class _Term(NamedTuple):
    """A feature as rows along the axes, and its sums of products, per row, with the error and with itself."""

    feature: Feature
    rows: Array
    with_error: Array
    square: Array


class _LaidOut(NamedTuple):
    """The finite features, laid out as rows along some axes; `moved` is the shape with the axes last."""

    axes: tuple[int, ...]
    kept: list[int]
    moved: list[int]
    terms: list[_Term]


def _laid_out(error: Array, axes: tuple[int, ...], along: Sequence[Feature]) -> _LaidOut:
    kept = [axis for axis in range(error.ndim) if axis not in axes]
    order = (*kept, *axes)
    moved = [error.shape[axis] for axis in order]
    count = int(np.prod(moved[: len(kept)]))
    target = error.transpose(order).reshape(count, -1)
    terms = []
    for feature in along:
        rows = feature.value.transpose(order).reshape(count, -1)
        if np.isfinite(rows).all():
            terms.append(_Term(feature, rows, _products(target, rows), _products(rows, rows)))
    return _LaidOut(axes, kept, moved, terms)


def _products(one: Array, other: Array) -> Array:
    total: Array = (one * other).sum(axis=1, keepdims=True)
    return total


def _fitted(expected: Array, laid: _LaidOut, of: Sequence[_Term]) -> Iterator[Prediction]:
    """The error as a sum of the features, one coefficient each for every slice along the axes."""
    solved = _one(of[0]) if len(of) == 1 else _two(of[0], of[1])
    values = np.sum([number * term.rows for number, term in zip(solved, of, strict=True)], axis=0)
    values = values.reshape(laid.moved).transpose(np.argsort((*laid.kept, *laid.axes)))
    coefficients = np.concatenate(solved, axis=1)
    whole = len(laid.axes) == expected.ndim
    told, advice = _told([term.feature for term in of], laid.axes, coefficients if whole else None)
    yield Prediction(
        actual=expected + values,
        sentence=told,
        claim=1.25 + len(of) / 2.0 + (0.0 if whole else 0.5),
        evidence=(f"{coefficients.size} free numbers explain {expected.size} entries",),
        advice=advice,
        scalable=False,
    )


def _one(term: _Term) -> list[Array]:
    return [_over(term.with_error, term.square)]


def _two(first: _Term, second: _Term) -> list[Array]:
    """The normal equations of two features, by their determinant; nothing where the two are one."""
    a, b, c = first.square, _products(first.rows, second.rows), second.square
    p, q = first.with_error, second.with_error
    determinant = np.where(a * c - b * b > PARALLEL * a * c, a * c - b * b, 0.0)
    return [_over(p * c - q * b, determinant), _over(q * a - p * b, determinant)]


def _over(top: Array, bottom: Array) -> Array:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0.0)


def _told(of: Sequence[Feature], axes: tuple[int, ...], coefficients: Array | None) -> tuple[str, str]:
    names = " and ".join(feature.name for feature in of)
    over = f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes))}"
    if coefficients is not None and len(of) == 1:
        factor = float(coefficients.ravel()[0])
        if abs(abs(factor) - 1.0) <= EXACTLY:
            word = "is missing" if factor < 0.0 else "is one too many"
            advice = "the branch of forward that hands its input on may be forgotten" if factor < 0.0 else ""
            return f"{names} {word} as a term", advice
        return f"the error is {factor:.6g} times {names}", f"a term with {names} may be missing, or one too many"
    if len(of) == 1 and names == "a constant":
        return f"the error is the same along {over}: a mean over it is not taken away", f"subtract the mean over {over}"
    if names.startswith("normalised"):
        return (
            f"the error is proportional to {names} along {over}: the term of the deviation is missing, or wrong",
            "go back through the deviation as well",
        )
    if any(feature.name.startswith("normalised") for feature in of):
        return (
            f"the error is {names} along {over}: the terms of mean and deviation are missing, or wrong",
            "go back through mean and deviation as well, over the axes and with the count that forward has",
        )
    return (
        f"the error is proportional to {names} along {over}",
        f"a term with a sum over {over} may be missing, or wrong",
    )


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="missing_term",
    summary="a term is missing or one too many: a mean, a variance, a branch",
    predict=predict,
    least=1.75,
)
