"""Tanh: y = tanh(x)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.elementwise import elementwise
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """The function itself."""
    import torch

    return elementwise(signature, torch.tanh)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Signs, and numbers large and small."""
    import torch

    return torch.nn.Tanh(), (torch.linspace(-4.0, 4.0, 12, dtype=torch.float64).reshape(4, 3),)


REFERENCE = Reference(
    name="tanh",
    title="Tanh",
    summary="y = tanh(x)",
    aliases=("tanh", "hyperbolictangent", "tangenthyperbolic", "tanhyperbolic"),
    forms=forms,
    example=example,
)
