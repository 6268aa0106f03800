"""GRU: GRUCell along a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.recurrent import GRU, layer_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Gates in any order, together or apart."""
    return layer_forms(signature, GRU)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Three features, a state of two."""
    import torch

    x = torch.linspace(0.0, 50.0, 60, dtype=torch.float64).sin()
    return torch.nn.GRU(3, 2, dtype=torch.float64, batch_first=True), (x.view(4, 5, 3),)


REFERENCE = Reference(
    name="gru",
    title="GRU",
    summary="GRUCell along a sequence",
    aliases=("gru", "timegru", "grulayer"),
    forms=forms,
    example=example,
)
