"""Softplus: y = log(1 + exp(b x)) / b."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.elementwise import form, only_input
from gradcheck.matching.settings import number
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """The beta and threshold stated, then none."""
    import torch
    from torch.nn.functional import softplus

    name = only_input(signature)
    if name is None or signature.y.size != signature.primals[name].size:
        return
    beta = number(signature, "beta", "b") or 1.0
    threshold = number(signature, "threshold")
    if threshold is not None:
        yield form(name, lambda x: softplus(x, beta, threshold))
    # Without its threshold, above which torch's is linear, torch's is the mathematical function.
    yield form(name, lambda x: torch.logaddexp(beta * x, torch.zeros_like(x)) / beta, how="without a threshold")
    yield form(name, softplus)


def example() -> tuple[Any, tuple[Any, ...]]:
    """A beta and a threshold that are not the defaults."""
    import torch

    return torch.nn.Softplus(beta=2.0, threshold=3.0), (torch.linspace(-4.0, 4.0, 12, dtype=torch.float64),)


REFERENCE = Reference(
    name="softplus",
    title="Softplus",
    summary="y = log(1 + exp(b x)) / b",
    aliases=("softplus", "smoothrelu", "softrelu"),
    forms=forms,
    example=example,
)
