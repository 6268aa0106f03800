"""ELU: y = x for x > 0, a (exp(x) - 1) below."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.elementwise import form, only_input
from gradcheck.matching.settings import number
from gradcheck.types import Form, Reference, Signature

#: Where nothing is stated: torch's own, and the other value in use.
ALPHAS = (1.0, 0.1, 0.01)


def forms(signature: Signature) -> Iterator[Form]:
    """The alpha stated, else those in use."""
    from torch.nn.functional import elu

    name = only_input(signature)
    if name is None or signature.y.size != signature.primals[name].size:
        return
    stated = number(signature, "alpha", "a", "coef")
    for alpha in ALPHAS if stated is None else (stated, *ALPHAS):
        told = "" if stated in (None, alpha) else f"uses alpha {alpha:g} where its setting says {stated:g}"
        yield form(name, partial(elu, alpha=alpha), how=f"alpha {alpha:g}", difference=told)


def example() -> tuple[Any, tuple[Any, ...]]:
    """An alpha that is not the default."""
    import torch

    return torch.nn.ELU(0.7), (torch.linspace(-4.0, 4.0, 12, dtype=torch.float64),)


REFERENCE = Reference(
    name="elu",
    title="ELU",
    summary="y = x for x > 0, a (exp(x) - 1) below",
    aliases=("elu", "exponentiallinearunit", "exponentiallinear"),
    forms=forms,
    example=example,
)
