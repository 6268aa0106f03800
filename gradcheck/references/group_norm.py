"""GroupNorm: y = gain (x - mean) / sqrt(variance + eps) + shift, over each group of channels of each sample."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

from gradcheck.matching.normalisation import Statistics, scaled
from gradcheck.matching.settings import epsilons, whole
from gradcheck.matching.slots import assignments, bias, gain
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Channels first or last, groups as stated or any that divide the channels."""
    if len(signature.inputs) != 1 or len(signature.shape(signature.inputs[0])) < 2:
        return
    x = signature.inputs[0]
    shape = signature.shape(x)
    for axis in dict.fromkeys((1, len(shape) - 1)):
        channels = shape[axis]
        stated = whole(signature, "numgroups", "groups", "g", "ngroups", "group")
        divisors = [g for g in range(1, channels + 1) if channels % g == 0 and g != stated]
        slots = [gain(), bias(channels)]
        ways = itertools.product(assignments(signature, slots), epsilons(signature))
        for found, (eps, other) in ways:
            for groups in ([stated] if stated and channels % stated == 0 else []) + divisors:
                if math.prod(shape[1:]) == groups:
                    continue  # a group of one entry is always zero
                told = f"makes {groups} groups where its setting says {stated}" if stated not in (None, groups) else ""
                how = "channels last" if axis != 1 else ""
                yield _form(x, found, axis, groups, eps, how=how, difference=told or other)
                yield _other(x, found, axis, groups, eps)


def _form(x: str, found: dict[str, str], axis: int, groups: int, eps: float, *, how: str, difference: str) -> Form:
    from torch.nn.functional import group_norm

    def value(t: Any) -> Any:
        scale, shift = (t[found[n]].reshape(-1) if n in found else None for n in ("weight", "bias"))
        return group_norm(t[x].movedim(axis, 1), groups, scale, shift, eps).movedim(1, axis)

    return Form(value=value, how=how, difference=difference)


def _other(x: str, found: dict[str, str], axis: int, groups: int, eps: float) -> Form:
    """With the variance divided by N - 1."""

    def value(t: Any) -> Any:
        given = t[x].movedim(axis, 1)
        grouped = given.reshape(given.shape[0], groups, -1)
        y = Statistics(axes=(2,), eps=eps, unbiased=True).normalised(grouped).reshape(given.shape)
        y = scaled(y, t, found=found, axis=1)
        return y.movedim(1, axis)

    return Form(value=value, difference="divides the variance by N - 1")


def example() -> tuple[Any, tuple[Any, ...]]:
    """Two groups of two channels."""
    import torch

    module = torch.nn.GroupNorm(2, 4, dtype=torch.float64)
    return module, (torch.linspace(-2.0, 30.0, 24, dtype=torch.float64).sin().view(2, 4, 3),)


REFERENCE = Reference(
    name="group_norm",
    title="GroupNorm",
    summary="y = gain (x - mean) / sqrt(variance + eps) + shift, over each group of channels of each sample",
    aliases=("groupnorm", "groupnormalization", "groupnormalisation", "spatialgroupnorm", "instancenorm"),
    forms=forms,
    example=example,
)
