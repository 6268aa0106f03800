"""RMSNorm: y = gain x / sqrt(mean(x^2) + eps), over the last axes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.normalisation import differing, scaled
from gradcheck.matching.settings import epsilons
from gradcheck.matching.slots import assignments, bias, gain
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Over the last axis or axes; then the ways in which people's differ."""
    if len(signature.inputs) != 1:
        return
    x = signature.inputs[0]
    dimensions = len(signature.shape(x))
    last = [tuple(range(k, dimensions)) for k in range(dimensions - 1, 0, -1)] or [(0,)]
    for found in assignments(signature, [gain()]):
        for axes in last:
            for eps, other in epsilons(signature):
                value = partial(_value, x=x, found=found, first=axes[0], eps=eps)
                yield Form(value=value, difference=other)
    for found in assignments(signature, [gain(), bias(None)]):
        told = "adds a shift" if "bias" in found else ""
        finish = partial(scaled, found=found)
        yield from differing(signature, x, [(axes, told) for axes in last], finish, centred=False)


def _value(t: Any, *, x: str, found: dict[str, str], first: int, eps: float) -> Any:
    from torch.nn.functional import rms_norm

    own = list(t[x].shape[first:])
    return rms_norm(t[x], own, t[found["weight"]].reshape(own) if "weight" in found else None, eps)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Over the last of two axes."""
    import torch

    module = torch.nn.RMSNorm(3, eps=1e-4, dtype=torch.float64)
    return module, (torch.linspace(-2.0, 3.0, 12, dtype=torch.float64).sin().view(4, 3),)


REFERENCE = Reference(
    name="rms_norm",
    title="RMSNorm",
    summary="y = gain x / sqrt(mean(x^2) + eps), over the last axes",
    aliases=("rmsnorm", "rmsnormalization", "rootmeansquarenorm", "rmslayernorm", "rmsnormalisation"),
    forms=forms,
    example=example,
)
