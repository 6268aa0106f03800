"""The right numbers in other places: transposed, flipped, axes exchanged, read in another order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Axes up to which every order is tried: 24 orders of 16 flips.
MOST_AXES = 4


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """The actual gradient is the expected one with its axes permuted, flipped, or read in another order."""
    expected = dispute.expected[dispute.evidence.name]
    shape = np.shape(dispute.actual.get(dispute.evidence.name, expected))
    if not 1 <= expected.ndim <= MOST_AXES or expected.size < 2:
        return
    for order in itertools.permutations(range(expected.ndim)):
        permuted = expected.transpose(order)
        if permuted.shape != shape:
            yield from _reread(permuted, order, shape)
            continue
        for flips in range(expected.ndim + 1):
            for axes in itertools.combinations(range(expected.ndim), flips):
                if axes or order != tuple(range(expected.ndim)):
                    yield _prediction(np.flip(permuted, axes), order, axes)
    if expected.ndim > 1 and expected.shape == shape:
        yield from _reread(expected.T, tuple(reversed(range(expected.ndim))), shape)


def _prediction(moved: Array, order: tuple[int, ...], flipped: tuple[int, ...]) -> Prediction:
    turned = order != tuple(range(len(order)))
    told = []
    if turned:
        told.append("transposed" if order == (1, 0) else f"its axes in the order {order}")
    if flipped:
        told.append(f"flipped along {_axes(flipped)}")
    what = " and ".join(told)
    advice = "a transpose may be missing, or one too many" if turned else "an index may run the other way"
    return Prediction(actual=moved, sentence=f"actual is expected {what}", claim=1.0 + len(told) / 2.0, advice=advice)


def _reread(moved: Array, order: tuple[int, ...], shape: tuple[int, ...]) -> Iterator[Prediction]:
    """The same numbers read into another shape, as by reshape where transpose belongs."""
    if (
        moved.size != int(np.prod(shape))
        or moved.shape == shape
        or _without_ones(moved) == _without_ones(np.empty(shape))
    ):
        return
    turned = order != tuple(range(len(order)))
    how = f"transposed and read in the shape {shape}" if turned else f"read in the shape {shape}"
    advice = (
        "reshape may stand where transpose belongs" if turned else "a reshape to the variable's shape may be missing"
    )
    yield Prediction(actual=moved.reshape(shape), sentence=f"actual is expected {how}", claim=2.5, advice=advice)


def _without_ones(array: Array) -> list[int]:
    return [size for size in array.shape if size != 1]


def _axes(axes: tuple[int, ...]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes))}"


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="permuted_axes",
    summary="the right numbers in other places: transposed, flipped, reshaped",
    predict=predict,
    least=1.5,
)
