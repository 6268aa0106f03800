"""Forms of losses: which argument is the target, and how the terms are reduced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gradcheck.types import Array, Form, Signature

#: (prediction, target) -> terms, tensors.
Terms = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A prediction, by name, and what it is compared with: an array that forward is handed, or another input."""

    prediction: str
    target: Array | None = None
    other: str = ""


def pairs(signature: Signature) -> Iterator[Pair]:
    """Each way in which the arguments of a loss may be its prediction and its target."""
    if signature.parameters or not 1 <= len(signature.inputs) <= 2:
        return
    for value in signature.given.values():
        array = np.asarray(value) if isinstance(value, np.ndarray | list | int | float) else np.zeros(0)
        if array.size and np.issubdtype(array.dtype, np.number) and len(signature.inputs) == 1:
            yield Pair(prediction=signature.inputs[0], target=array)
    if len(signature.inputs) == 2:
        first, second = signature.inputs
        yield Pair(prediction=first, other=second)
        yield Pair(prediction=second, other=first)


def dense_forms(signature: Signature, terms: Terms, *, difference: str = "") -> Iterator[Form]:
    """Losses whose target has the prediction's size, entry by entry."""
    for pair in pairs(signature):
        shape = signature.shape(pair.prediction)
        size = int(np.prod(shape))
        if pair.target is not None and pair.target.size == size:
            target = pair.target.reshape(shape)
            yield from reduced(signature, pair, partial(_against, terms=terms, pair=pair, target=target), difference)
        elif pair.other and signature.shape(pair.other) == shape:
            yield from reduced(signature, pair, partial(_against, terms=terms, pair=pair, target=None), difference)


def class_forms(signature: Signature, terms: Terms, *, difference: str = "") -> Iterator[Form]:
    """Losses over classes: the target is one class per sample, or has a number for each class.

    Args:
        signature: What the layer shows.
        terms: (prediction with classes on axis 1, class ids or such an array of weights) -> one term per sample.
        difference: How the loss differs from its counterpart.
    """
    for pair in pairs(signature):
        shape = signature.shape(pair.prediction)
        for axis in dict.fromkeys((len(shape) - 1, 1, 0)):
            if axis >= len(shape) or pair.target is None:
                continue
            samples = (*shape[:axis], *shape[axis + 1 :])
            ids = pair.target.size == int(np.prod(samples)) and bool(np.all(pair.target == np.round(pair.target)))
            ids = ids and float(np.min(pair.target)) >= 0 and float(np.max(pair.target)) < shape[axis]
            if ids:
                target = pair.target.reshape(samples).astype(np.int64)
            elif pair.target.size == int(np.prod(shape)):
                target = np.moveaxis(pair.target.reshape(shape).astype(np.float64), axis, min(1, len(shape) - 1))
            else:
                continue
            make = partial(_classes, terms=terms, name=pair.prediction, axis=axis, target=target)
            yield from reduced(signature, pair, make, difference)


def reduced(
    signature: Signature, pair: Pair, terms: Callable[[Mapping[str, Any]], Any], difference: str
) -> Iterator[Form]:
    """Mean, sum, sum divided by the samples, one number per sample, or every term."""
    shape = signature.shape(pair.prediction)
    if signature.y.size == 1:
        yield Form(value=partial(_mean, terms=terms), how="mean", difference=difference)
        yield Form(value=partial(_sum, terms=terms), how="sum", difference=difference)
        for axis in range(len(shape)):
            yield Form(
                value=partial(_sum, terms=terms, divisor=shape[axis]),
                how=f"mean over axis {axis}",
                difference=difference,
            )
        return
    yield Form(value=terms, how="without reduction", difference=difference)
    yield Form(value=partial(_sum, terms=terms, axis=-1), how="one sum per sample", difference=difference)
    yield Form(value=partial(_mean, terms=terms, axis=-1), how="one mean per sample", difference=difference)


def _mean(t: Mapping[str, Any], *, terms: Callable[..., Any], axis: int | None = None) -> Any:
    return terms(t).mean() if axis is None else terms(t).mean(dim=axis)


def _sum(t: Mapping[str, Any], *, terms: Callable[..., Any], axis: int | None = None, divisor: int = 1) -> Any:
    return (terms(t).sum() if axis is None else terms(t).sum(dim=axis)) / divisor


def _against(t: Mapping[str, Any], *, terms: Terms, pair: Pair, target: Array | None) -> Any:
    import torch

    other = t[pair.other] if target is None else torch.tensor(target.astype(np.float64))
    return terms(t[pair.prediction], other)


def _classes(t: Mapping[str, Any], *, terms: Terms, name: str, axis: int, target: Array) -> Any:
    import torch

    prediction = t[name]
    if prediction.dim() > 1:
        prediction = prediction.movedim(axis, 1)
    return terms(prediction, torch.tensor(target))
