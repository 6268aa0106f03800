"""SmoothL1Loss: mean of (p - t)^2 / (2 beta) up to beta, |p - t| - beta / 2 beyond."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.losses import dense_forms
from gradcheck.matching.settings import number
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """With the beta stated, else 1."""
    from torch.nn.functional import smooth_l1_loss

    beta = number(signature, "beta", "delta", "b") or 1.0
    return dense_forms(signature, partial(smooth_l1_loss, reduction="none", beta=beta))


def example() -> tuple[Any, tuple[Any, ...]]:
    """Four samples of three."""
    import torch

    x = torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3)
    return torch.nn.SmoothL1Loss(beta=0.5), (x, x.cos())


REFERENCE = Reference(
    name="smooth_l1_loss",
    title="SmoothL1Loss",
    summary="mean of (p - t)^2 / (2 beta) up to beta, |p - t| - beta / 2 beyond",
    aliases=("smoothl1", "smoothl1loss"),
    forms=forms,
    example=example,
)
