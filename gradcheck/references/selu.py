"""SELU: y = s (x for x > 0, a (exp(x) - 1) below)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.elementwise import elementwise
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """The function itself."""
    import torch

    return elementwise(signature, torch.selu)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Signs, and numbers large and small."""
    import torch

    return torch.nn.SELU(), (torch.linspace(-4.0, 4.0, 12, dtype=torch.float64).reshape(4, 3),)


REFERENCE = Reference(
    name="selu",
    title="SELU",
    summary="y = s (x for x > 0, a (exp(x) - 1) below)",
    aliases=("selu", "scaledelu"),
    forms=forms,
    example=example,
)
