"""AvgPool1d: the mean of each window."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.pooling import mean, pooling_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Any window, stride and padding that fits."""
    return pooling_forms(
        signature, 1, {"": partial(mean, padded=True), "padding not counted": partial(mean, padded=False)}
    )


def example() -> tuple[Any, tuple[Any, ...]]:
    """Windows that overlap, and padding."""
    import torch

    module = torch.nn.AvgPool1d(3, stride=2, padding=1)
    return module, (torch.linspace(-2.0, 300.0, 42, dtype=torch.float64).sin().view(2, 3, 7),)


REFERENCE = Reference(
    name="avg_pool1d",
    title="AvgPool1d",
    summary="the mean of each window",
    aliases=("avgpool1d", "averagepooling1d", "meanpool1d", "avgpooling1d"),
    forms=forms,
    example=example,
)
