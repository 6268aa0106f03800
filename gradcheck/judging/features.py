"""Arrays that errors are made of: the input, its normalised form, the output, targets, in one shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gradcheck.types import Array, Dispute


class Feature(NamedTuple):
    """An array of some shape and what it is."""

    name: str
    value: Array


def features(dispute: Dispute, shape: tuple[int, ...]) -> Iterator[Feature]:
    """What a layer has at hand in a shape: primals, output, upstream gradient, what it was given, and softmaxes."""
    evidence = dispute.evidence
    if evidence.y.shape == shape and evidence.y.size > 1:
        yield Feature("the output", evidence.y)
        with np.errstate(all="ignore"):
            yield Feature("exp of the output", np.exp(evidence.y))
    for name, x in dispute.subject.primals.items():
        if x.shape == shape and x.size > 1:
            yield Feature(f"`{name}`", x)
            yield from _softmaxes(name, x)
            yield Feature(f"sigmoid of `{name}`", 1.0 / (1.0 + np.exp(-np.clip(x, -700.0, 700.0))))
            yield Feature(f"tanh of `{name}`", np.tanh(x))
            yield Feature(f"the sign of `{name}`", np.sign(x))
    yield from _given(dispute, shape)


def normalised(x: Array, axes: tuple[int, ...]) -> Array:
    """The array less its mean over its deviation, along axes."""
    centred = x - x.mean(axis=axes, keepdims=True)
    deviation = np.sqrt(np.mean(np.square(centred), axis=axes, keepdims=True))
    scaled: Array = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 0.0)
    return scaled


def _softmaxes(name: str, x: Array) -> Iterator[Feature]:
    for axis in range(x.ndim):
        if x.shape[axis] > 1:
            exponentials = np.exp(x - x.max(axis=axis, keepdims=True))
            share = exponentials / exponentials.sum(axis=axis, keepdims=True)
            yield Feature(f"softmax of `{name}` along axis {axis}", share)


def _given(dispute: Dispute, shape: tuple[int, ...]) -> Iterator[Feature]:
    for name, value in dispute.given.items():
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
            continue
        if value.shape == shape:
            yield Feature(f"`{name}`", value.astype(np.float64))
        elif value.dtype.kind in "iu" and value.shape == shape[:-1] and _are_indices(value, shape[-1]):
            yield Feature(f"`{name}` as one-hot rows", np.eye(shape[-1])[value])


def _are_indices(value: Array, size: int) -> bool:
    return value.size > 0 and int(value.min()) >= 0 and int(value.max()) < size
