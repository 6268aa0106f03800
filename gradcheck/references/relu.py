"""ReLU: y = max(x, 0)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.elementwise import elementwise
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """The function itself."""
    import torch

    return elementwise(signature, torch.relu)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Signs, and numbers large and small."""
    import torch

    return torch.nn.ReLU(), (torch.linspace(-4.0, 4.0, 12, dtype=torch.float64).reshape(4, 3),)


REFERENCE = Reference(
    name="relu",
    title="ReLU",
    summary="y = max(x, 0)",
    aliases=("relu", "rectifier", "rectifiedlinear", "rectifiedlinearunit", "rectified"),
    forms=forms,
    example=example,
)
