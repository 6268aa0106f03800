"""Conv1d: y[o] = sum over i of x[i] correlated with W[o, i], plus b[o]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.convolution import convolution_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Signals."""
    return convolution_forms(signature, 1)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Strided, padded, dilated and in groups."""
    import torch

    module = torch.nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2, dtype=torch.float64)
    return module, (torch.linspace(-2.0, 300.0, 72, dtype=torch.float64).sin().view(2, 4, 9),)


REFERENCE = Reference(
    name="conv1d",
    title="Conv1d",
    summary="y[o] = sum over i of x[i] correlated with W[o, i], plus b[o]",
    aliases=("conv1d", "convolution1d", "convolutional1d", "conv1dstride1", "convlayer1d", "temporalconv"),
    forms=forms,
    example=example,
)
