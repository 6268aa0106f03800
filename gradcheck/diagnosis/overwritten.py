"""Assigned where it should be accumulated: of several contributions to an entry only the last one stays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Positions of a loop whose contributions are taken one by one.
MOST_POSITIONS = 200
#: Numbers held for them together, 64 MB.
MOST_NUMBERS = 8_000_000
ADVICE = "use += (np.add.at for repeated indices), not ="


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Of the contributions of the positions along some axes of the output, each entry has the last, or the first."""
    y_bar = dispute.evidence.y_bar
    if not dispute.is_free or y_bar.ndim == 0:
        return
    long = [axis for axis in range(y_bar.ndim) if y_bar.shape[axis] > 1]
    for count in range(1, len(long) + 1):
        for axes in itertools.combinations(long, count):
            positions = int(np.prod([y_bar.shape[axis] for axis in axes]))
            if positions <= MOST_POSITIONS and positions * (dispute.x.size + y_bar.size) <= MOST_NUMBERS:
                yield from _over(dispute, axes)


def _over(dispute: Dispute, axes: tuple[int, ...]) -> Iterator[Prediction]:
    y_bar = dispute.evidence.y_bar
    masked = []
    for position in itertools.product(*(range(y_bar.shape[axis]) for axis in axes)):
        kept = np.zeros_like(y_bar)
        index: list[int | slice] = [slice(None)] * y_bar.ndim
        for axis, k in zip(axes, position, strict=True):
            index[axis] = k
        kept[tuple(index)] = y_bar[tuple(index)]
        masked.append(kept)
    shares = dispute.truth(masked, None)
    if shares is None:
        return
    told = f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes))}"
    for which, order in (("last", shares), ("first", shares[::-1])):
        yield Prediction(
            actual=_written(order),
            sentence=f"of the contributions along {told} of the output only the {which} to each entry stays",
            claim=2.0,
            advice=ADVICE,
        )


def _written(shares: Sequence[Array]) -> Array:
    """Each share written over what was there, where it has anything to say."""
    total = np.zeros_like(shares[0])
    for share in shares:
        total = np.where(share != 0.0, share, total)
    return total


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="overwritten",
    summary="contributions are assigned where they should be accumulated",
    predict=predict,
    cost=2,
    least=2.0,
)
