"""Forms of functions along one axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from gradcheck.matching.elementwise import only_input
from gradcheck.matching.settings import whole
from gradcheck.types import Form, Signature


def along_one(signature: Signature, function: Callable[[Any, int], Any]) -> Iterator[Form]:
    """Y = function(x, axis): the axis stated, else the last, else any; at last all entries at once.

    Args:
        signature: What the layer shows.
        function: (tensor, axis) -> tensor of the same shape.
    """
    name = only_input(signature)
    if name is None or signature.y.size != signature.primals[name].size:
        return
    dimensions = len(signature.shape(name))
    stated = whole(signature, "axis", "dim", "ax", "d")
    if stated is not None and not -dimensions <= stated < dimensions:
        stated = None
    own = None if stated is None else stated % dimensions
    others = [axis for axis in (dimensions - 1, *range(dimensions - 1)) if axis != own]
    for axis in (*([] if own is None else [own]), *others):
        told = "" if own in (None, axis) else f"goes along axis {axis} where its setting says {own}"
        how = f"along axis {axis}" if axis != dimensions - 1 else ""
        yield Form(value=partial(_along, name=name, function=function, axis=axis), how=how, difference=told)
    if dimensions > 1:
        everything = "goes over all entries at once"
        yield Form(value=partial(_along, name=name, function=function, axis=None), difference=everything)


def _along(t: Mapping[str, Any], *, name: str, function: Callable[[Any, int], Any], axis: int | None) -> Any:
    x = t[name]
    return function(x.reshape(-1), 0).reshape(x.shape) if axis is None else function(x, axis)
