"""A term is missing, or one too many: the error has the form of one along some axes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

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
            for feature in along:
                yield from _fitted(expected, error, axes, [feature])
            if length >= 2 * ENTRIES_EACH:
                for second in along[1:]:
                    yield from _fitted(expected, error, axes, [along[0], second])


def _fitted(expected: Array, error: Array, axes: tuple[int, ...], of: Sequence[Feature]) -> Iterator[Prediction]:
    fit = _least_squares(error, axes, [feature.value for feature in of])
    if fit is None:
        return
    values, coefficients = fit
    whole = len(axes) == expected.ndim
    told, advice = _told(of, axes, coefficients if whole else None)
    yield Prediction(
        actual=expected + values,
        sentence=told,
        claim=1.25 + len(of) / 2.0 + (0.0 if whole else 0.5),
        evidence=(f"{coefficients.size} free numbers explain {expected.size} entries",),
        advice=advice,
        scalable=False,
    )


def _least_squares(error: Array, axes: tuple[int, ...], of: Sequence[Array]) -> tuple[Array, Array] | None:
    """The error as a sum of the features, one coefficient each for every slice along the axes."""
    kept = [axis for axis in range(error.ndim) if axis not in axes]
    rows = int(np.prod([error.shape[axis] for axis in kept]))
    flat = [np.moveaxis(array, kept, range(len(kept))).reshape(rows, -1) for array in (error, *of)]
    target, basis = flat[0], flat[1:]
    if not all(np.all(np.isfinite(one)) for one in basis):
        return None
    solved = _one(target, basis[0]) if len(basis) == 1 else _two(target, basis[0], basis[1])
    values = np.sum([number * one for number, one in zip(solved, basis, strict=True)], axis=0)
    moved = [error.shape[axis] for axis in (*kept, *axes)]
    shaped = np.moveaxis(values.reshape(moved), range(error.ndim), (*kept, *axes))
    return shaped, np.concatenate(solved, axis=1)


def _one(target: Array, basis: Array) -> list[Array]:
    return [_over(np.sum(target * basis, axis=1, keepdims=True), np.sum(basis * basis, axis=1, keepdims=True))]


def _two(target: Array, first: Array, second: Array) -> list[Array]:
    """The normal equations of two features, by their determinant; nothing where the two are one."""
    a, b, c = (
        np.sum(one * other, axis=1, keepdims=True) for one, other in ((first, first), (first, second), (second, second))
    )
    p, q = (np.sum(target * one, axis=1, keepdims=True) for one in (first, second))
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
