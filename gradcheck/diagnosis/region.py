"""Right but for a region: a row, a column, a border, the last element, where the variable is negative."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gradcheck.judging import fitting
from gradcheck.numerics.compare import where
from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Share of the entries of a region that must be wrong before it is the region that is wrong.
MOSTLY = 0.5
#: Share of all entries that may be wrong in a region of which nothing more is said than that.
MOST_WRONG = 0.5


class Region(NamedTuple):
    """Some entries, their name, and how much is claimed by naming them."""

    inside: Array
    name: str
    claim: float


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Expected outside a region; inside it zero, a multiple of expected, or something else."""
    evidence = dispute.evidence
    expected, actual = dispute.expected[evidence.name], dispute.actual.get(evidence.name)
    if actual is None or actual.shape != expected.shape or expected.size < 3:
        return
    known = np.isfinite(expected) & np.isfinite(actual)
    error = np.where(known, actual - expected, 0.0)
    wrong = np.abs(error) > fitting.tolerance(evidence, expected[known])
    if not np.any(wrong) or np.all(wrong | ~known):
        return
    for region in (*_regions(evidence.name, dispute.x, wrong), *_marked(dispute)):
        if not np.any(wrong & ~region.inside) and np.count_nonzero(wrong) >= MOSTLY * _informative(region, expected):
            yield from _inside(region, expected, actual, known)


def _inside(region: Region, expected: Array, actual: Array, known: Array) -> Iterator[Prediction]:
    inside = region.inside & known
    size = int(np.count_nonzero(inside))
    rest = f"right everywhere else ({expected.size - size} of {expected.size} entries)"
    zero = np.where(inside, 0.0, expected)
    yield Prediction(
        actual=zero,
        sentence=f"zero {region.name}, {rest}",
        claim=region.claim,
        advice="a loop or a slice may leave it out",
        scalable=False,
    )
    weight = float(np.sum(np.square(expected[inside])))
    if size >= 2 and weight > 0.0:
        factor = float(np.sum(actual[inside] * expected[inside])) / weight
        yield Prediction(
            actual=np.where(inside, factor * expected, expected),
            sentence=f"{factor:.6g} * expected {region.name}, {rest}",
            claim=region.claim + 1.0,
            advice="it may be added twice or weighted otherwise" if factor > 1.0 else "",
            scalable=False,
        )
    if np.count_nonzero(inside) <= MOST_WRONG * expected.size:
        yield Prediction(
            actual=np.where(inside, actual, expected),
            sentence=f"wrong only {region.name}, {rest}",
            claim=region.claim + 2.0,
            advice="what is done there alone, or left out there, is the place to look",
            scalable=False,
        )


def _informative(region: Region, expected: Array) -> int:
    return int(np.count_nonzero(region.inside & (expected != 0.0)))


def _regions(name: str, x: Array, wrong: Array) -> Iterator[Region]:
    if np.count_nonzero(wrong) == 1:
        place = where(name, int(np.flatnonzero(wrong)[0]), x.shape)
        yield Region(wrong, f"in {place}", 1.5)
    for axis in range(x.ndim):
        yield from _slabs(x.shape, axis, wrong)
    yield from _borders(x.shape, wrong)
    yield from _values(name, x, wrong)


def _slabs(shape: tuple[int, ...], axis: int, wrong: Array) -> Iterator[Region]:
    """The indices along one axis where anything is wrong, where they have a name."""
    size = shape[axis]
    hit = np.flatnonzero(np.any(wrong, axis=tuple(a for a in range(len(shape)) if a != axis)))
    inside = np.zeros(shape, dtype=bool)
    inside[(slice(None),) * axis + (hit,)] = True
    if hit.size == size:
        return
    first, last = int(hit[0]), int(hit[-1])
    contiguous = last - first + 1 == hit.size
    if hit.size == 1:
        which = "first" if first == 0 else "last" if last == size - 1 else f"index {first}"
        told = f"at {which} along axis {axis}" if which.startswith("index") else f"in the {which} index of axis {axis}"
        yield Region(inside, told, 1.75)
    elif hit.size == size - 1:
        kept = int(np.setdiff1d(np.arange(size), hit)[0])
        which = "first" if kept == 0 else "last" if kept == size - 1 else f"{kept}"
        yield Region(inside, f"but for the {which} index of axis {axis}", 1.75)
    elif contiguous and (first == 0 or last == size - 1):
        told = f"in the first {hit.size}" if first == 0 else f"from index {first} on"
        yield Region(inside, f"{told} of axis {axis} (of {size})", 2.5)


def _borders(shape: tuple[int, ...], wrong: Array) -> Iterator[Region]:
    """The first and last indices of several axes at once, and the corners."""
    long = [axis for axis, size in enumerate(shape) if size > 2]
    for count in range(min(len(long), 3), 0, -1):
        for axes in itertools.combinations(long, count):
            edges = [_edge(shape, axis) for axis in axes]
            border = np.logical_or.reduce(edges)
            if not np.any(wrong & ~border):
                yield Region(border, f"on the border of axes {', '.join(map(str, axes))}", 2.5)
            corners = np.logical_and.reduce(edges)
            if count > 1 and not np.any(wrong & ~corners):
                yield Region(corners, f"in the corners of axes {', '.join(map(str, axes))}", 2.5)


def _edge(shape: tuple[int, ...], axis: int) -> Array:
    at = np.arange(shape[axis]).reshape((-1,) + (1,) * (len(shape) - axis - 1))
    return np.broadcast_to((at == 0) | (at == shape[axis] - 1), shape)


def _marked(dispute: Dispute) -> Iterator[Region]:
    """Where a mask that forward was handed is on, or off."""
    for name, value in dispute.given.items():
        if isinstance(value, np.ndarray) and value.shape == dispute.x.shape and value.dtype.kind in "biu":
            yield Region(value == 0, f"where `{name}` is 0", 2.5)
            yield Region(value != 0, f"where `{name}` is not 0", 2.5)


def _values(name: str, x: Array, wrong: Array) -> Iterator[Region]:
    """Where the variable itself lies on one side of zero, or is large."""
    negative, positive = x < 0.0, x > 0.0
    if np.any(negative) and np.any(positive):
        yield Region(negative, f"where `{name}` is negative", 2.5)
        yield Region(positive, f"where `{name}` is positive", 2.5)
    size = np.abs(x)
    # A threshold between the largest right and the smallest wrong entry: one free number.
    if np.any(~wrong) and float(np.min(size[wrong])) > float(np.max(size[~wrong])):
        yield Region(wrong, f"where |{name}| > {float(np.max(size[~wrong])):.4g}", 3.0)


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="region",
    summary="right but for a row, a column, a border, an entry, a range of values",
    predict=predict,
    least=1.5,
)
