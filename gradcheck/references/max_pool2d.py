"""MaxPool2d: the greatest of each window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.pooling import greatest, pooling_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Any window, stride and padding that fits."""
    return pooling_forms(signature, 2, {"": greatest})


def example() -> tuple[Any, tuple[Any, ...]]:
    """Windows that overlap, and padding."""
    import torch

    module = torch.nn.MaxPool2d(3, stride=2, padding=1)
    return module, (torch.linspace(-2.0, 300.0, 210, dtype=torch.float64).sin().view(2, 3, 7, 5),)


REFERENCE = Reference(
    name="max_pool2d",
    title="MaxPool2d",
    summary="the greatest of each window",
    aliases=(
        "maxpool2d",
        "maxpool",
        "maxpooling",
        "maxpooling2d",
        "maxpoollayer",
        "maxpool2dstride1",
        "pooling",
        "pool",
        "poolinglayer",
        "globalmaxpool",
        "globalmaxpooling2d",
    ),
    forms=forms,
    example=example,
)
