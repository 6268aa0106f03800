"""LeakyReLU: y = x for x > 0, a x below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from gradcheck.matching.elementwise import form, only_input
from gradcheck.matching.settings import number
from gradcheck.types import Form, Reference, Signature

SLOPES: Final = ("negativeslope", "alpha", "slope", "leak", "a", "leakyslope", "negslope", "coef", "leakiness")
#: Relative agreement of a measured slope with the stated one.
SAME: Final = 1.0e-9


def forms(signature: Signature) -> Iterator[Form]:
    """The slope stated, then the one measured."""
    from torch.nn.functional import leaky_relu

    name = only_input(signature)
    if name is None or signature.y.size != signature.primals[name].size:
        return
    stated = number(signature, *SLOPES)
    measured = _measured(signature, name)
    if stated is not None:
        yield form(name, lambda x: leaky_relu(x, stated))
    if measured is not None and (stated is None or abs(measured - stated) > SAME * abs(stated)):
        told = "" if stated is None else f"has the slope {measured:.6g} below 0 where its setting says {stated:g}"
        yield form(name, lambda x: leaky_relu(x, measured), how=f"slope {measured:.6g}", difference=told)


def _measured(signature: Signature, name: str) -> float | None:
    """The slope below 0, None where there is no input below 0 or the function is not linear there."""
    x, y = signature.primals[name].ravel(), signature.y.ravel()
    below = x < 0.0
    if not np.any(below) or not np.any(x > 0.0):
        return None
    slope = float(np.median(y[below] / x[below]))
    return slope if 0.0 < slope < 1.0 else None


def example() -> tuple[Any, tuple[Any, ...]]:
    """A slope that is not the default."""
    import torch

    return torch.nn.LeakyReLU(0.2), (torch.linspace(-4.0, 4.0, 12, dtype=torch.float64),)


REFERENCE = Reference(
    name="leaky_relu",
    title="LeakyReLU",
    summary="y = x for x > 0, a x below",
    aliases=("leakyrelu", "lrelu", "leakyrectifier", "leakyrectify", "leaky", "leakyrectifiedlinearunit"),
    forms=forms,
    example=example,
)
