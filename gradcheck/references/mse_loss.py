"""MSELoss: mean of (p - t)^2."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.losses import dense_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Squares of differences."""
    from torch.nn.functional import mse_loss

    return dense_forms(signature, partial(mse_loss, reduction="none"))


def example() -> tuple[Any, tuple[Any, ...]]:
    """Four samples of three."""
    import torch

    x = torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3)
    return torch.nn.MSELoss(), (x, x.cos())


REFERENCE = Reference(
    name="mse_loss",
    title="MSELoss",
    summary="mean of (p - t)^2",
    aliases=(
        "mse",
        "mseloss",
        "meansquarederror",
        "squarederror",
        "l2loss",
        "quadraticloss",
        "quadraticcost",
        "meansquare",
        "squaredloss",
        "quadratic",
    ),
    forms=forms,
    example=example,
)
