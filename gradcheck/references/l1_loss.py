"""L1Loss: mean of |p - t|."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.losses import dense_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Absolute differences."""
    from torch.nn.functional import l1_loss

    return dense_forms(signature, partial(l1_loss, reduction="none"))


def example() -> tuple[Any, tuple[Any, ...]]:
    """Four samples of three."""
    import torch

    x = torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3)
    return torch.nn.L1Loss(), (x, x.cos())


REFERENCE = Reference(
    name="l1_loss",
    title="L1Loss",
    summary="mean of |p - t|",
    aliases=("l1", "l1loss", "mae", "maeloss", "meanabsoluteerror", "absoluteerror"),
    forms=forms,
    example=example,
)
