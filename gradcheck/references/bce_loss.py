"""BCELoss: mean of -t log(p) - (1 - t) log(1 - p)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.losses import dense_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Of probabilities; with small constants in the logarithms as a difference."""
    import torch
    from torch.nn.functional import binary_cross_entropy

    if signature.inputs and _is_probability(signature):
        yield from dense_forms(signature, partial(binary_cross_entropy, reduction="none"))
    for c in signature.constants:
        told = f"adds {c:g} within its logarithms"

        def terms(p: Any, t: Any, c: float = c) -> Any:
            return -t * torch.log(p + c) - (1.0 - t) * torch.log(1.0 - p + c)

        yield from dense_forms(signature, terms, difference=told)


def _is_probability(signature: Signature) -> bool:
    return all(bool(((x := signature.primals[name]) >= 0.0).all() and (x <= 1.0).all()) for name in signature.inputs)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Four samples of three."""
    import torch

    x = torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3)
    return torch.nn.BCELoss(), (x.sigmoid(), (x.cos() > 0.0).double())


REFERENCE = Reference(
    name="bce_loss",
    title="BCELoss",
    summary="mean of -t log(p) - (1 - t) log(1 - p)",
    aliases=("bce", "bceloss", "binarycrossentropy", "binarycrossentropyloss", "logloss", "binaryentropy", "binaryce"),
    forms=forms,
    example=example,
)
