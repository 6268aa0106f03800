"""Only some outputs count: the last sample, all but the first, all but the border."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Length of an axis whose indices are tried one by one.
LONGEST = 64
#: Numbers held for them together, 64 MB.
MOST_NUMBERS = 8_000_000
#: Axes of which the ends are tried together.
MOST_TOGETHER = 3


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the true gradient of some outputs only: upstream gradient zero at the others."""
    y_bar = dispute.evidence.y_bar
    if not dispute.is_free or y_bar.ndim == 0 or y_bar.size < 2:
        return
    for axis, size in enumerate(y_bar.shape):
        if 1 < size <= LONGEST and size * (dispute.x.size + y_bar.size) <= MOST_NUMBERS:
            yield from _along(dispute, axis, size)
    yield from _ends(dispute)


def _along(dispute: Dispute, axis: int, size: int) -> Iterator[Prediction]:
    """One index of an axis alone, or all but one."""
    y_bar = dispute.evidence.y_bar
    masked = [np.where(_only(y_bar.shape, axis, slice(k, k + 1)), y_bar, 0.0) for k in range(size)]
    shares = dispute.truth(masked, None)
    if shares is None:
        return
    total = np.sum(shares, axis=0)
    for k, share in enumerate(shares):
        which = _named(k, size, axis)
        yield Prediction(
            actual=share,
            sentence=f"only {which} counts (of {size})",
            claim=1.5,
            advice="= may stand where += belongs in a loop, or an index where a sum does",
        )
        if size > 2:
            yield Prediction(
                actual=total - share,
                sentence=f"{which} is left out (of {size})",
                claim=1.5,
                advice="a loop or a slice may begin one too late, or end one too early",
            )


def _ends(dispute: Dispute) -> Iterator[Prediction]:
    """The first, the last, or both indices of several axes left out together."""
    y_bar = dispute.evidence.y_bar
    long = [axis for axis in range(1, y_bar.ndim) if y_bar.shape[axis] > 2]
    cuts = {"last": slice(None, -1), "first": slice(1, None), "first and the last": slice(1, -1)}
    for count in range(1, min(len(long), MOST_TOGETHER) + 1):
        for axes, (which, cut) in itertools.product(itertools.combinations(long, count), cuts.items()):
            kept = np.logical_and.reduce([_only(y_bar.shape, axis, cut) for axis in axes])
            found = dispute.truth([np.where(kept, y_bar, 0.0)], None)
            if found is not None:
                yield Prediction(
                    actual=found[0],
                    sentence=f"the {which} index of axes {', '.join(map(str, axes))} of the output is left out",
                    claim=2.0,
                    advice="a loop or a slice may end one too early, or begin one too late",
                )


def _named(k: int, size: int, axis: int) -> str:
    what = "sample" if axis == 0 else f"index of axis {axis} of the output"
    if k in {0, size - 1}:
        return f"the {'first' if k == 0 else 'last'} {what}"
    return f"sample {k}" if axis == 0 else f"index {k} of axis {axis} of the output"


def _only(shape: tuple[int, ...], axis: int, kept: slice) -> Array:
    mask = np.zeros(shape, dtype=bool)
    mask[(slice(None),) * axis + (kept,)] = True
    return mask


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="left_out",
    summary="some outputs do not count: samples, rows, ends of an axis",
    predict=predict,
    cost=1,
    least=1.5,
)
