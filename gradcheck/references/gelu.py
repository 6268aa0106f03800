"""GELU: y = x Phi(x), exact or by the tanh form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.elementwise import form, only_input
from gradcheck.matching.settings import flag
from gradcheck.types import Form, Reference, Signature

#: x sigmoid(1.702 x), the approximation of the paper that torch does not offer.
SIGMOID_RATE = 1.702


def forms(signature: Signature) -> Iterator[Form]:
    """Exact and tanh, and the sigmoid approximation as a difference; a form against the layer's own flag is one too."""
    import torch
    from torch.nn.functional import gelu

    name = only_input(signature)
    if name is None or signature.y.size != signature.primals[name].size:
        return
    says_tanh = flag(signature, "approximate", "approx", "usetanh", "tanh")
    wrong = "uses the tanh form where its setting says exact" if says_tanh is False else ""
    yield form(name, gelu, difference="is the exact form where its setting says approximate" if says_tanh else "")
    yield form(name, lambda x: gelu(x, approximate="tanh"), how="the tanh form", difference=wrong)
    sigmoid = "is x sigmoid(1.702 x), an approximation of its own"
    yield form(name, lambda x: x * torch.sigmoid(SIGMOID_RATE * x), difference=sigmoid)


def example() -> tuple[Any, tuple[Any, ...]]:
    """The tanh form."""
    import torch

    return torch.nn.GELU(approximate="tanh"), (torch.linspace(-4.0, 4.0, 12, dtype=torch.float64),)


REFERENCE = Reference(
    name="gelu",
    title="GELU",
    summary="y = x Phi(x), Phi the normal distribution",
    aliases=("gelu", "geluexact", "gelutanh", "gaussianerrorlinearunit", "fastgelu", "newgelu"),
    forms=forms,
    example=example,
)
