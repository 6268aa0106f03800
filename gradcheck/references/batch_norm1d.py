"""BatchNorm1d: y = gain (x - mean) / sqrt(variance + eps) + shift, over all but the channels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.batch_norm import batch_norm_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Rows of features, or signals."""
    return batch_norm_forms(signature, (2, 3))


def example() -> tuple[Any, tuple[Any, ...]]:
    """In training."""
    import torch

    module = torch.nn.BatchNorm1d(3, dtype=torch.float64)
    return module, (torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3),)


REFERENCE = Reference(
    name="batch_norm1d",
    title="BatchNorm1d",
    summary="y = gain (x - mean) / sqrt(variance + eps) + shift, over all but the channels",
    aliases=(
        "batchnorm1d",
        "batchnorm",
        "batchnormalization",
        "bn",
        "batchnormalisation",
        "bn1d",
        "batchnormalization1d",
    ),
    forms=forms,
    example=example,
)
