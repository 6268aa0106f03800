"""Softmax: y = exp(x) / sum(exp(x)) along an axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.axes import along_one
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Along the axis stated, else any."""
    import torch

    return along_one(signature, torch.softmax)


def example() -> tuple[Any, tuple[Any, ...]]:
    """The last axis of rows."""
    import torch

    return torch.nn.Softmax(dim=-1), (torch.linspace(-2.0, 3.0, 12, dtype=torch.float64).reshape(4, 3).sin(),)


REFERENCE = Reference(
    name="softmax",
    title="Softmax",
    summary="y = exp(x) / sum(exp(x)) along an axis",
    aliases=("softmax", "stablesoftmax", "softargmax"),
    forms=forms,
    example=example,
)
