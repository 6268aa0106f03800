"""Dropout: y = x m / (1 - p), with the mask m read off the layer's own value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from gradcheck.matching.elementwise import form, only_input
from gradcheck.matching.settings import number
from gradcheck.types import Form, Reference, Signature

DROPPED: Final = ("p", "rate", "droprate", "dropoutrate", "dropoutratio", "dropout", "prob", "pdrop", "dropprob")
KEPT: Final = ("keepprob", "keep", "pkeep", "retainprob", "keepprobability")
#: Relative agreement of a measured factor with 1 / (1 - p): what a division rounds to, and some more.
SAME: Final = 1.0e-6


def forms(signature: Signature) -> Iterator[Form]:
    """Zeros where the layer answers zero, one factor everywhere else: 1 / (1 - p), or 1 in evaluation."""
    name = only_input(signature)
    if name is None or signature.y.shape != signature.primals[name].shape:
        return
    x, y = signature.primals[name], signature.y
    kept = y != 0.0
    if not np.any(kept):
        return
    factor = float(np.median(y[kept] / x[kept]))
    rate = _rate(signature)
    if np.all(kept):
        yield _masked(name, kept, 1.0, how="nothing is dropped")
        return
    scale = None if rate is None or rate >= 1.0 else 1.0 / (1.0 - rate)
    told = ""
    if abs(factor - 1.0) <= SAME:
        told = "leaves out the factor 1/(1 - p)"
    elif scale is not None and abs(factor - scale) > SAME * scale:
        told = f"multiplies by {factor:.6g} where 1/(1 - p) is {scale:.6g}"
    elif factor < 1.0:
        told = f"multiplies by {factor:.6g}, less than 1"
    yield _masked(name, kept, factor, difference=told)


def _masked(name: str, kept: Any, factor: float, *, how: str = "the layer's own mask", difference: str = "") -> Form:
    import torch

    mask = torch.tensor(kept.astype(np.float64)) * factor
    return form(name, lambda x: x * mask, how=how, difference=difference)


def _rate(signature: Signature) -> float | None:
    kept = number(signature, *KEPT)
    return 1.0 - kept if kept is not None else number(signature, *DROPPED)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Half of the entries are dropped, whichever."""
    import torch

    return torch.nn.Dropout(0.5), (torch.linspace(-2.0, 3.0, 30, dtype=torch.float64),)


REFERENCE = Reference(
    name="dropout",
    title="Dropout",
    summary="y = x m / (1 - p), m a mask of zeros and ones",
    aliases=("dropout", "inverteddropout", "dropoutlayer"),
    forms=forms,
    example=example,
    needs_name=True,
)
