"""LayerNorm: y = gain (x - mean) / sqrt(variance + eps) + shift, over the last axes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.normalisation import differing, scaled
from gradcheck.matching.settings import epsilons
from gradcheck.matching.slots import assignments, bias, gain
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Over the last axis or axes, or the first where samples are columns; then the ways in which people's differ."""
    if len(signature.inputs) != 1:
        return
    x = signature.inputs[0]
    dimensions = len(signature.shape(x))
    last = [tuple(range(k, dimensions)) for k in range(dimensions - 1, -1, -1)]
    for found in assignments(signature, [gain(), bias(None)]):
        for axes in [*last, *([(0,)] if dimensions == 2 else [(1,)] if dimensions > 2 else [])]:
            for eps, other in epsilons(signature):
                how = "" if axes in last else f"over axis {axes[0]}"
                yield _form(x, found, axes, eps, how=how, difference=other)
    for found in assignments(signature, [gain(), bias(None)]):
        over = [(axes, "") for axes in last]
        over += [((0,), "normalises over the batch")] if dimensions > 1 else []
        yield from differing(signature, x, over, partial(scaled, found=found))


def _form(x: str, found: dict[str, str], axes: tuple[int, ...], eps: float, *, how: str, difference: str) -> Form:
    from torch.nn.functional import layer_norm

    def value(t: Any) -> Any:
        given = t[x].movedim(axes[0], -1) if len(axes) == 1 else t[x]
        own = list(given.shape[given.dim() - len(axes) :])
        scale, shift = (t[found[n]].reshape(own) if n in found else None for n in ("weight", "bias"))
        y = layer_norm(given, own, scale, shift, eps)
        return y.movedim(-1, axes[0]) if len(axes) == 1 else y

    return Form(value=value, how=how, difference=difference)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Over the last two of three axes."""
    import torch

    module = torch.nn.LayerNorm((3, 2), eps=1e-4, dtype=torch.float64)
    return module, (torch.linspace(-2.0, 3.0, 24, dtype=torch.float64).sin().view(4, 3, 2),)


REFERENCE = Reference(
    name="layer_norm",
    title="LayerNorm",
    summary="y = gain (x - mean) / sqrt(variance + eps) + shift, over the last axes",
    aliases=("layernorm", "layernormalization", "layernormalisation", "ln", "lnorm", "layernorm1d", "layernorm2d"),
    forms=forms,
    example=example,
)
