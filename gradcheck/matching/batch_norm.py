"""Forms of batch normalisation, shared by its one- and two-dimensional counterparts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from gradcheck.matching.normalisation import differing, scaled
from gradcheck.matching.settings import epsilons
from gradcheck.matching.slots import assignments, bias, gain
from gradcheck.types import Array, Form, Signature


def batch_norm_forms(signature: Signature, dimensions: tuple[int, ...]) -> Iterator[Form]:
    """Channels on the axis of torch or another, by the statistics of the batch or by running ones.

    Args:
        signature: What the layer shows.
        dimensions: How many axes the input may have.
    """
    if len(signature.inputs) != 1 or len(signature.shape(signature.inputs[0])) not in dimensions:
        return
    x = signature.inputs[0]
    shape = signature.shape(x)
    axes = [1, len(shape) - 1, 0] if len(shape) > 1 else []
    for axis in dict.fromkeys(axes):
        how = {1: "", 0: "samples in columns" if len(shape) == 2 else "channels first of all"}.get(
            axis, "channels last"
        )
        slots = [gain(), bias(None)]
        for found, (eps, other) in itertools.product(assignments(signature, slots), epsilons(signature)):
            yield _form(x, found, axis, None, eps, how=how, difference=other)
            for mean, variance in _running(signature, shape[axis]):
                evaluation = ", ".join(word for word in (how, "in evaluation") if word)
                yield _form(x, found, axis, (mean, variance), eps, how=evaluation, difference=other)
    yield from _differing(signature, x, axes[0] if axes else 0)


def _form(
    x: str,
    found: dict[str, str],
    axis: int,
    running: tuple[Array, Array] | None,
    eps: float,
    *,
    how: str,
    difference: str,
) -> Form:
    import torch
    from torch.nn.functional import batch_norm

    mean, variance = (None, None) if running is None else (torch.tensor(v.ravel().astype(np.float64)) for v in running)

    def value(t: Any) -> Any:
        scale, shift = (t[found[n]].reshape(-1) if n in found else None for n in ("weight", "bias"))
        given = t[x].movedim(axis, 1)
        return batch_norm(given, mean, variance, scale, shift, running is None, 0.0, eps).movedim(1, axis)

    return Form(value=value, how=how, difference=difference)


def _running(signature: Signature, channels: int) -> Iterator[tuple[Array, Array]]:
    """Pairs of held arrays, one entry per channel, that may be a running mean and variance."""
    held = {n: v for n, v in signature.settings.items() if isinstance(v, np.ndarray) and v.size == channels}
    means = [v for n, v in held.items() if "mean" in n or "mu" in n or n.endswith("m")]
    variances = [v for n, v in held.items() if "var" in n or n.endswith("v")]
    yield from itertools.product(means, variances)


def _differing(signature: Signature, x: str, axis: int) -> Iterator[Form]:
    dimensions = len(signature.shape(x))
    over = tuple(k for k in range(dimensions) if k != axis)
    features = tuple(range(1, dimensions))
    slots = [gain(), bias(None)]
    for found in assignments(signature, slots):
        elsewhere = [(features, "normalises over the features of each sample")] if features else []
        if dimensions > 2:
            elsewhere.append(((0,), "normalises over the batch alone"))
        yield from differing(signature, x, [(over, ""), *elsewhere], partial(scaled, found=found, axis=axis))
