"""Summed, averaged, or left alone over an axis where it should not be."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction, Role

#: Axes up to which every set of them is tried.
MOST_AXES = 5


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """A sum over an axis that is missing, or one (or a mean) too many."""
    evidence = dispute.evidence
    expected = dispute.expected[evidence.name]
    actual = dispute.actual.get(evidence.name)
    if actual is None or actual.dtype == object:
        return
    if actual.shape != expected.shape:
        yield from _missing(actual, expected, dispute)
        yield from _lost(actual, expected)
    yield from _spread(expected, actual.shape)


def _missing(actual: Array, expected: Array, dispute: Dispute) -> Iterator[Prediction]:
    """The layer's gradient has axes that a sum should have taken away."""
    if actual.ndim > MOST_AXES:
        return
    for axes in _subsets(actual.ndim):
        for how, reduced in (("sum", actual.sum(axis=axes)), ("mean", actual.mean(axis=axes))):
            if reduced.size == expected.size and _squeezed(reduced) == _squeezed(expected):
                lengths = " x ".join(str(actual.shape[axis]) for axis in axes)
                is_batch = axes == (0,) and any(
                    x.shape[:1] == actual.shape[:1] for n, x in dispute.subject.primals.items()
                    if dispute.subject.roles[n] is Role.INPUT
                )  # fmt: skip
                batch = ", the batch" if is_batch else ""
                single = all(actual.shape[axis] == 1 for axis in axes)
                told = f"a {how} over {_axes(axes)} (of length {lengths}{batch}) is missing"
                if single:
                    told = f"the values are right; {_axes(axes)} of length 1 is one too many"
                yield Prediction(
                    actual=expected.reshape(reduced.shape),
                    observed=reduced,
                    sentence=told,
                    claim=1.0,
                    advice="keepdims=True may be one too many" if single else f"{how} it over {_axes(axes)}",
                )


def _lost(actual: Array, expected: Array) -> Iterator[Prediction]:
    """The layer's gradient lacks axes, or is flat."""
    if actual.size == expected.size and actual.ndim != expected.ndim:
        yield Prediction(
            actual=expected.reshape(actual.shape),
            sentence=f"the values are right in the shape {actual.shape}, not {expected.shape}",
            claim=1.0,
            advice=f"reshape it to {expected.shape}",
        )
    for axes in _subsets(expected.ndim):
        for how, reduced in (("summed", expected.sum(axis=axes)), ("averaged", expected.mean(axis=axes))):
            if reduced.size == actual.size:
                yield Prediction(
                    actual=reduced.reshape(actual.shape),
                    sentence=f"actual is expected {how} over {_axes(axes)}, one too many",
                    claim=1.5,
                    advice=f"keep {_axes(axes)}",
                )


def _spread(expected: Array, shape: tuple[int, ...]) -> Iterator[Prediction]:
    """Every entry along an axis is the sum, or the mean, over it."""
    if expected.shape != shape or expected.ndim > MOST_AXES:
        return
    for axes in _subsets(expected.ndim):
        if all(expected.shape[axis] > 1 for axis in axes):
            for how, reduced in (
                ("sum", expected.sum(axis=axes, keepdims=True)),
                ("mean", expected.mean(axis=axes, keepdims=True)),
            ):
                yield Prediction(
                    actual=np.broadcast_to(reduced, shape),
                    sentence=f"every entry is the {how} over {_axes(axes)} of what is expected",
                    claim=1.75,
                    advice=f"a {how} over {_axes(axes)} may be one too many",
                )


def _subsets(ndim: int) -> Iterator[tuple[int, ...]]:
    for count in range(1, ndim + 1):
        yield from itertools.combinations(range(ndim), count)


def _squeezed(array: Array) -> list[int]:
    return [size for size in array.shape if size != 1]


def _axes(axes: tuple[int, ...]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes))}"


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="reduction",
    summary="summed, averaged, or neither, over an axis where it should not be",
    predict=predict,
    least=1.0,
)
