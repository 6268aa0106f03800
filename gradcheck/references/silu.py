"""SiLU: y = x sigmoid(x); also known as Swish."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.elementwise import form, only_input
from gradcheck.matching.settings import number
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """X sigmoid(x), and with a beta of the layer's own, which torch's has not."""
    import torch

    name = only_input(signature)
    if name is None or signature.y.size != signature.primals[name].size:
        return
    yield form(name, torch.nn.functional.silu)
    beta = number(signature, "beta", "b", "alpha")
    if beta is not None and beta != 1.0:
        yield form(name, lambda x: x * torch.sigmoid(beta * x), difference=f"multiplies by {beta:g} in the sigmoid")


def example() -> tuple[Any, tuple[Any, ...]]:
    """Signs, and numbers large and small."""
    import torch

    return torch.nn.SiLU(), (torch.linspace(-4.0, 4.0, 12, dtype=torch.float64),)


REFERENCE = Reference(
    name="silu",
    title="SiLU",
    summary="y = x / (1 + exp(-x))",
    aliases=("silu", "swish", "sil", "sigmoidlinearunit"),
    forms=forms,
    example=example,
)
