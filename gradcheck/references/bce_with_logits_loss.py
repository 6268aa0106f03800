"""BCEWithLogitsLoss: mean of -t log(s(x)) - (1 - t) log(1 - s(x)), s the sigmoid."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.losses import dense_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Of logits."""
    from torch.nn.functional import binary_cross_entropy_with_logits

    return dense_forms(signature, partial(binary_cross_entropy_with_logits, reduction="none"))


def example() -> tuple[Any, tuple[Any, ...]]:
    """Four samples of three."""
    import torch

    x = torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3)
    return torch.nn.BCEWithLogitsLoss(), (x, (x.cos() > 0.0).double())


REFERENCE = Reference(
    name="bce_with_logits_loss",
    title="BCEWithLogitsLoss",
    summary="mean of -t log(s(x)) - (1 - t) log(1 - s(x)), s the sigmoid",
    aliases=(
        "bcewithlogits",
        "bcewithlogitsloss",
        "bcelogits",
        "binarycrossentropywithlogits",
        "sigmoidcrossentropy",
        "sigmoidbce",
        "sigmoidwithloss",
        "sigmoidcrossentropyloss",
        "sigmoidbinarycrossentropy",
    ),
    forms=forms,
    example=example,
)
