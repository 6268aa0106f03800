"""The gradient of another variable in this one's place, as it is or summed over an axis."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Axes of another gradient up to which its sums are compared.
MOST_AXES = 4


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the expected gradient of another primal, or the upstream gradient."""
    evidence = dispute.evidence
    actual = dispute.actual.get(evidence.name)
    if actual is None:
        return
    for name, other in _others(dispute):
        if other.shape == actual.shape and other.size > 1:
            advice = "two lines may be exchanged, or one pasted from the other"
            yield Prediction(actual=other, sentence=f"it is the gradient of `{name}`", claim=1.5, advice=advice)
        elif other.size > actual.size > 1 and other.ndim <= MOST_AXES:
            yield from _sums(other, name, actual.shape)


def _others(dispute: Dispute) -> Iterator[tuple[str, Array]]:
    for name in dispute.subject.primals:
        if name == dispute.evidence.name:
            continue
        other = dispute.expected.get(name, dispute.actual.get(name))
        if other is not None and other.dtype != object:
            yield name, other


def _sums(other: Array, name: str, shape: tuple[int, ...]) -> Iterator[Prediction]:
    for count in range(1, other.ndim):
        for axes in itertools.combinations(range(other.ndim), count):
            total = np.sum(other, axis=axes)
            if total.size == int(np.prod(shape)) and [n for n in total.shape if n > 1] == [n for n in shape if n > 1]:
                over = f"axis {axes[0]}" if count == 1 else f"axes {', '.join(map(str, axes))}"
                yield Prediction(
                    actual=total.reshape(shape),
                    sentence=f"it is the gradient of `{name}` summed over {over}",
                    claim=2.0,
                    advice="a line may be pasted from the other gradient's",
                )


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="copied", summary="the gradient of another variable stands in its place", predict=predict, least=1.5
)
