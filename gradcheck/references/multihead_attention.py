"""MultiheadAttention: attention of several heads between four projections."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gradcheck.matching.attending import Attending, attendings, orders
from gradcheck.matching.heads import Projections, projections
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Of itself or of three inputs, batch first or time first, with the projections kept in any way."""
    if not 1 <= len(signature.inputs) <= 3 or not 3 <= len(signature.parameters) <= 8:
        return
    shape = signature.shape(signature.inputs[0])
    if len(shape) not in (2, 3):
        return
    ways = itertools.product(
        attendings(signature), list(projections(signature, signature.parameters, shape[-1])), (False, True)
    )
    for way, found, time_first in ways:
        if time_first and len(shape) == 2:
            continue
        for names in orders(signature.inputs):
            words = [found.how, "time first" if time_first else "", "causal" if way.mask == "causal" else ""]
            value = partial(_value, names=names, found=found, way=way, time_first=time_first, given=signature.given)
            how = ", ".join(word for word in words if word)
            yield Form(value=value, how=how, difference=way.difference)


def _value(
    t: Mapping[str, Any],
    *,
    names: tuple[str, str, str],
    found: Projections,
    way: Attending,
    time_first: bool,
    given: Mapping[str, Any],
) -> Any:
    q, k, v = (t[name].transpose(0, 1) if time_first else t[name] for name in names)
    y = found.attend(t, q, k, v, way, given)
    return y.transpose(0, 1) if time_first else y


def example() -> tuple[Any, tuple[Any, ...]]:
    """Two heads over a sequence of five, of itself."""
    import torch

    module = torch.nn.MultiheadAttention(6, 2, batch_first=True, dtype=torch.float64)
    x = torch.linspace(0.0, 50.0, 60, dtype=torch.float64).sin().view(2, 5, 6)
    return module, (x, x.cos(), x.tanh())


REFERENCE = Reference(
    name="multihead_attention",
    title="MultiheadAttention",
    summary="attention of several heads between four projections",
    aliases=("multiheadattention", "mha", "multiheadselfattention", "selfattention", "multihead", "crossattention",
             "attentionlayer", "multiheadattn", "mhsa", "causalselfattention", "selfattn", "causalattention"),
    forms=forms,
    example=example,
)  # fmt: skip
