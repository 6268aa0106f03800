"""MaxPool1d: the greatest of each window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.pooling import greatest, pooling_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Any window, stride and padding that fits."""
    return pooling_forms(signature, 1, {"": greatest})


def example() -> tuple[Any, tuple[Any, ...]]:
    """Windows that overlap, and padding."""
    import torch

    module = torch.nn.MaxPool1d(3, stride=2, padding=1)
    return module, (torch.linspace(-2.0, 300.0, 42, dtype=torch.float64).sin().view(2, 3, 7),)


REFERENCE = Reference(
    name="max_pool1d",
    title="MaxPool1d",
    summary="the greatest of each window",
    aliases=("maxpool1d", "maxpooling1d"),
    forms=forms,
    example=example,
)
