"""Forms of layers without parameters that take one array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gradcheck.types import Form, Signature


def only_input(signature: Signature) -> str | None:
    """The name of the one input of a layer without parameters, None where it has others."""
    return signature.inputs[0] if len(signature.inputs) == 1 and not signature.parameters else None


def form(name: str, function: Callable[[Any], Any], *, how: str = "", difference: str = "") -> Form:
    """Y = function(x)."""
    return Form(value=lambda t: function(t[name]), how=how, difference=difference)


def elementwise(signature: Signature, function: Callable[[Any], Any]) -> Iterator[Form]:
    """Y = function(x), entry by entry, and nothing else."""
    name = only_input(signature)
    if name is not None and signature.y.size == signature.primals[name].size:
        yield form(name, function)
