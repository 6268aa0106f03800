"""Conv2d: y[o] = sum over i of x[i] correlated with W[o, i], plus b[o]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.convolution import convolution_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Images."""
    return convolution_forms(signature, 2)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Strided, padded, dilated and in groups."""
    import torch

    module = torch.nn.Conv2d(4, 6, (3, 2), stride=2, padding=2, dilation=2, groups=2, dtype=torch.float64)
    return module, (torch.linspace(-2.0, 300.0, 504, dtype=torch.float64).sin().view(2, 4, 9, 7),)


REFERENCE = Reference(
    name="conv2d",
    title="Conv2d",
    summary="y[o] = sum over i of x[i] correlated with W[o, i], plus b[o]",
    aliases=(
        "conv2d",
        "convolution",
        "convolution2d",
        "conv",
        "convolutional",
        "convlayer",
        "convolve",
        "conv2dstride1",
        "conv3x3",
        "convolutional2d",
        "cnnlayer",
        "convolutionlayer",
        "spatialconvolution",
    ),
    forms=forms,
    example=example,
)
