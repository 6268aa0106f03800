"""HuberLoss: mean of (p - t)^2 / 2 up to delta, delta (|p - t| - delta / 2) beyond."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.losses import dense_forms
from gradcheck.matching.settings import number
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """With the delta stated, else 1."""
    from torch.nn.functional import huber_loss

    delta = number(signature, "delta", "d", "beta", "threshold") or 1.0
    return dense_forms(signature, partial(huber_loss, reduction="none", delta=delta))


def example() -> tuple[Any, tuple[Any, ...]]:
    """Four samples of three."""
    import torch

    x = torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3)
    return torch.nn.HuberLoss(delta=0.5), (x, x.cos())


REFERENCE = Reference(
    name="huber_loss",
    title="HuberLoss",
    summary="mean of (p - t)^2 / 2 up to delta, delta (|p - t| - delta / 2) beyond",
    aliases=("huber", "huberloss"),
    forms=forms,
    example=example,
)
