"""Scaled dot-product attention: y = softmax(q k^T / sqrt(d) + mask) v."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gradcheck.matching.attending import Attending, attendings, orders
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Queries, keys and values in any order, with or without a mask; then the ways in which people's differ."""
    if signature.parameters or len(signature.inputs) != 3:
        return
    for names in orders(signature.inputs):
        for way in attendings(signature):
            how = "causal" if way.mask == "causal" else f"mask `{way.mask}`" if way.mask else ""
            value = partial(_value, names=names, way=way, given=signature.given)
            yield Form(value=value, how=how, difference=way.difference)


def _value(t: Mapping[str, Any], *, names: tuple[str, str, str], way: Attending, given: Mapping[str, Any]) -> Any:
    q, k, v = (t[name] for name in names)
    return way.attend(q, k, v, given)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Two samples of four queries and five keys."""
    import torch

    shapes = ((2, 4, 3), (2, 5, 3), (2, 5, 6))
    drawn = tuple(
        torch.linspace(0.0, 50.0 + k, n * m * d, dtype=torch.float64).sin() for k, (n, m, d) in enumerate(shapes)
    )
    return torch.nn.functional.scaled_dot_product_attention, tuple(
        x.view(shape) for x, shape in zip(drawn, shapes, strict=True)
    )


REFERENCE = Reference(
    name="scaled_dot_product_attention",
    title="scaled_dot_product_attention",
    summary="y = softmax(q k^T / sqrt(d) + mask) v",
    aliases=("scaleddotproductattention", "dotproductattention", "scaledattention", "scaleddotproduct", "attention"),
    forms=forms,
    example=example,
)
