"""BatchNorm2d: y = gain (x - mean) / sqrt(variance + eps) + shift, over all but the channels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.batch_norm import batch_norm_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Images."""
    return batch_norm_forms(signature, (4,))


def example() -> tuple[Any, tuple[Any, ...]]:
    """In training."""
    import torch

    module = torch.nn.BatchNorm2d(3, dtype=torch.float64)
    return module, (torch.linspace(-2.0, 30.0, 48, dtype=torch.float64).sin().view(4, 3, 2, 2),)


REFERENCE = Reference(
    name="batch_norm2d",
    title="BatchNorm2d",
    summary="y = gain (x - mean) / sqrt(variance + eps) + shift, over all but the channels",
    aliases=("batchnorm2d", "spatialbatchnorm", "bn2d", "batchnormalization2d", "spatialbatchnormalization"),
    forms=forms,
    example=example,
)
