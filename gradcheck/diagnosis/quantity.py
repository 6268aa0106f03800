"""One quantity stands where another belongs: the input for the output, the logits for their softmax."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.judging import fitting
from gradcheck.judging.features import Feature, features
from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Entries that the one free number of a difference must explain.
FEWEST_ENTRIES = 6


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual has F where expected has G: as a term of it, or as a factor of the upstream gradient that is summed."""
    evidence = dispute.evidence
    expected = dispute.expected[evidence.name]
    if evidence.actual.shape != expected.shape:
        return
    if expected.size >= FEWEST_ENTRIES:
        yield from _terms(dispute, expected)
    if dispute.is_free and evidence.y_bar.shape != expected.shape:
        yield from _factors(dispute, expected)
        yield from _products(dispute, expected)


def _terms(dispute: Dispute, expected: Array) -> Iterator[Prediction]:
    """The error is c (F - G): c G belongs to expected."""
    error = dispute.evidence.actual - expected
    for theirs, ours in itertools.permutations(features(dispute, expected.shape), 2):
        difference = theirs.value - ours.value
        weight = float(np.sum(np.square(difference)))
        if weight == 0.0 or not np.isfinite(weight):
            continue
        factor = float(np.sum(error * difference)) / weight
        # Of the two ways round the one in which what is added has the sign of a gradient that holds it.
        if factor <= 0.0:
            continue
        yield _told(expected + factor * difference, theirs, ours, 2.5, scalable=False)


def _factors(dispute: Dispute, expected: Array) -> Iterator[Prediction]:
    """sum(y_bar * F) where sum(y_bar * G) belongs."""
    y_bar = dispute.evidence.y_bar
    known = [*features(dispute, y_bar.shape), *_on_the_way(dispute, y_bar.shape), Feature("1", np.ones_like(y_bar))]
    summed = [(feature, _summed_to(y_bar * feature.value, expected.shape)) for feature in known]
    yield from _exchanged(dispute, expected, [(feature, total) for feature, total in summed if total is not None])


def _products(dispute: Dispute, expected: Array) -> Iterator[Prediction]:
    """F^T y_bar, or its transpose, where G^T y_bar belongs."""
    evidence = dispute.evidence
    y_bar = evidence.y_bar
    if y_bar.ndim < 2 or expected.ndim != 2:
        return
    flat = y_bar.reshape(-1, y_bar.shape[-1])
    shapes = dict.fromkeys((*(x.shape for x in dispute.subject.primals.values()), y_bar.shape))
    known = [f for shape in shapes if shape[:-1] == y_bar.shape[:-1] for f in features(dispute, shape)]
    known += [f for f in _on_the_way(dispute, None) if f.value.shape[:-1] == y_bar.shape[:-1]]
    for transposed in (False, True):
        made = []
        for feature in known:
            product = feature.value.reshape(-1, feature.value.shape[-1]).T @ flat
            product = product.T if transposed else product
            if product.shape == expected.shape:
                made.append((feature, product))
        yield from _exchanged(dispute, expected, made)


def _exchanged(dispute: Dispute, expected: Array, made: Sequence[tuple[Feature, Array]]) -> Iterator[Prediction]:
    allowed = fitting.tolerance(dispute.evidence, expected)
    right = next((feature for feature, value in made if np.max(np.abs(value - expected)) <= allowed), None)
    if right is not None:
        for feature, value in made:
            if feature.name != right.name:
                yield _told(value, feature, right, 2.0, scalable=True)


def _told(actual: Array, theirs: Feature, ours: Feature, claim: float, *, scalable: bool) -> Prediction:
    return Prediction(
        actual=actual,
        sentence=f"{theirs.name} stands where {ours.name} belongs",
        claim=claim,
        advice=f"use {ours.name}",
        scalable=scalable,
    )


def _on_the_way(dispute: Dispute, shape: tuple[int, ...] | None) -> Iterator[Feature]:
    """What forward computes on the way, in one shape or in any."""
    for name, value in dispute.graph.values() if dispute.graph is not None else ():
        if shape is None or value.shape == shape:
            yield Feature(name, value)


def _summed_to(product: Array, shape: tuple[int, ...]) -> Array | None:
    """The sum over the axes that a parameter of this shape was broadcast along, None where it was not."""
    padded = (1,) * (product.ndim - len(shape)) + shape
    if len(padded) != product.ndim or any(n not in {1, m} for n, m in zip(padded, product.shape, strict=True)):
        return None
    axes = tuple(axis for axis, n in enumerate(padded) if n == 1 and product.shape[axis] > 1)
    total: Array = product.sum(axis=axes).reshape(shape)
    return total


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="quantity", summary="one quantity stands where another belongs", predict=predict, least=2.0
)
