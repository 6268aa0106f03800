"""AvgPool2d: the mean of each window."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.pooling import mean, pooling_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Any window, stride and padding that fits."""
    return pooling_forms(
        signature, 2, {"": partial(mean, padded=True), "padding not counted": partial(mean, padded=False)}
    )


def example() -> tuple[Any, tuple[Any, ...]]:
    """Windows that overlap, and padding."""
    import torch

    module = torch.nn.AvgPool2d(3, stride=2, padding=1)
    return module, (torch.linspace(-2.0, 300.0, 210, dtype=torch.float64).sin().view(2, 3, 7, 5),)


REFERENCE = Reference(
    name="avg_pool2d",
    title="AvgPool2d",
    summary="the mean of each window",
    aliases=(
        "avgpool2d",
        "avgpool",
        "averagepool",
        "averagepooling",
        "averagepooling2d",
        "avgpooling",
        "avgpooling2d",
        "meanpool",
        "meanpool2d",
        "meanpool2dstride1",
        "meanpooling",
        "globalaveragepooling2d",
        "globalavgpool",
    ),
    forms=forms,
    example=example,
)
