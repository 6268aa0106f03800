"""Linear: y = x W^T + b."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gradcheck.matching.slots import assignments, bias, weight
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Rows or columns of samples, the weight either way round, a bias of any shape, within the weight, or none."""
    if len(signature.inputs) != 1:
        return
    x = signature.inputs[0]
    shape = signature.shape(x)
    in_rows = {math.prod(shape[k:]) for k in range(len(shape))}
    slots = [weight(lambda s: _is_weight(s, {*in_rows, *shape[:1]})), bias(None)]
    for found in assignments(signature, slots):
        w, b = found["weight"], found.get("bias")
        ways = itertools.product((False, True), (False, True), _flattenings(shape))
        for columns, turned, kept in ways:
            if columns and (kept is not None or len(shape) != 2):
                continue
            how = ["weights (in, out)"] * turned + ["samples in columns"] * columns
            yield _form(x, w, b, columns=columns, turned=turned, kept=kept, how=", ".join(how))
        if b is None:
            yield from _augmented(signature, x, w)


def _is_weight(shape: tuple[int, ...], sizes: set[int]) -> bool:
    return len(shape) in (1, 2) and any(n in sizes or n - 1 in sizes for n in (*shape, 1))


def _flattenings(shape: tuple[int, ...]) -> Iterator[int | None]:
    """How many leading axes stay while the others become features; None where all but the last stay."""
    yield None
    yield from range(1, len(shape) - 1)


def _form(x: str, w: str, b: str | None, *, columns: bool, turned: bool, kept: int | None, how: str) -> Form:
    from torch.nn.functional import linear

    def value(t: Any) -> Any:
        given = t[x].T if columns else t[x]
        if kept is not None:
            given = given.flatten(kept)
        matrix = t[w] if t[w].dim() == 2 else t[w].reshape(1, -1)
        y = linear(given, matrix.T if turned else matrix, None if b is None else t[b].reshape(-1))
        return y.T if columns else y

    return Form(value=value, how=how)


def _augmented(signature: Signature, x: str, w: str) -> Iterator[Form]:
    """A weight with the bias as its first or last row or column."""
    if len(signature.shape(w)) != 2:
        return
    for turned, first in itertools.product((False, True), (False, True)):
        value = partial(_within, x=x, w=w, turned=turned, first=first)
        yield Form(value=value, how=f"the bias within the weight, {'first' if first else 'last'}")


def _within(t: Mapping[str, Any], *, x: str, w: str, turned: bool, first: bool) -> Any:
    from torch.nn.functional import linear

    matrix = t[w].T if turned else t[w]
    own, shift = (matrix[:, 1:], matrix[:, 0]) if first else (matrix[:, :-1], matrix[:, -1])
    return linear(t[x], own, shift)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Rows of samples."""
    import torch

    return torch.nn.Linear(3, 2, dtype=torch.float64), (torch.linspace(-2.0, 3.0, 12, dtype=torch.float64).view(4, 3),)


REFERENCE = Reference(
    name="linear",
    title="Linear",
    summary="y = x W^T + b",
    aliases=(
        "linear", "dense", "affine", "fullyconnected", "fc", "fullconnect", "fullyconnectedlayer", "innerproduct",
        "denselayer", "lineartransform", "perceptron", "matmul", "densa", "fullconnection",
    ),
    forms=forms,
    example=example,
)  # fmt: skip
