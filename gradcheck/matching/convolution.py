"""Forms of convolutions, shared by the counterparts of one and two dimensions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gradcheck.matching.images import Layout, layouts
from gradcheck.matching.slots import assignments, bias, weight
from gradcheck.matching.windows import Window, windows
from gradcheck.types import Form, Signature

#: What the axes of a weight are, in torch's order, for the words of a layout.
LETTERS = {1: "OIW", 2: "OIHW"}


def convolution_forms(signature: Signature, spatial: int) -> Iterator[Form]:
    """Every layout of image and weight, every stride, padding, dilation and number of groups that fits the sizes.

    Args:
        signature: What the layer shows.
        spatial: 1 for signals, 2 for images.
    """
    if len(signature.inputs) != 1:
        return
    x = signature.inputs[0]
    slots = [weight(lambda shape: spatial <= len(shape) <= spatial + 2), bias(None)]
    for found, layout in itertools.product(
        list(assignments(signature, slots)), layouts(len(signature.shape(x)), spatial)
    ):
        size = layout.shape(signature.shape(x))
        for answer in _answers(signature.y.shape, layout, spatial):
            yield from _of_layout(signature, x, found, layout, size, answer)


def _answers(shape: tuple[int, ...], layout: Layout, spatial: int) -> Iterator[tuple[int, ...]]:
    """Shapes of the answer in torch's layout."""
    if len(shape) == len(layout.order):
        yield layout.shape(shape)
    elif not layout.channelled and len(shape) == spatial + 1 + layout.batched:
        batch = (shape[0],) if layout.batched else (1,)
        space = shape[1:-1] if layout.batched else shape[:-1]
        yield (*batch, shape[-1], *space)


def _of_layout(
    signature: Signature,
    x: str,
    found: Mapping[str, str],
    layout: Layout,
    size: tuple[int, ...],
    answer: tuple[int, ...],
) -> Iterator[Form]:
    spatial = len(size) - 2
    shape = signature.shape(found["weight"])
    # Without channels: a kernel that is an image itself, or a stack of them.
    missing = spatial + 2 - len(shape)
    for order in itertools.permutations(range(len(shape))):
        turned = (*(1 for _ in range(missing)), *(shape[k] for k in order))
        filters, channels = turned[:2]
        space = [k for k in order if k in order[2 - missing :]]
        if missing == 1 and size[1] == 1 and answer[1] != 1:
            filters, channels, turned = turned[1], 1, (turned[1], 1, *turned[2:])
        if filters != answer[1] or size[1] % channels or filters % (size[1] // channels) or space != sorted(space):
            continue
        named = "".join(LETTERS[spatial][order.index(k)] for k in range(len(shape))) if not missing else ""
        words = [layout.how, f"weights {named}" if named not in ("", LETTERS[spatial]) else ""]
        for window in windows(signature, size[2:], answer[2:], turned[2:]):
            how = ", ".join(word for word in words if word)
            make = partial(
                _value, x=x, found=found, layout=layout, order=order, turned=turned, window=window,
                groups=size[1] // channels,
            )  # fmt: skip
            yield Form(value=partial(make, flipped=False), how=how)
            if max(turned[2:]) > 1:
                yield Form(value=partial(make, flipped=True), difference="turns its kernel by 180 degrees")


def _value(
    t: Mapping[str, Any],
    *,
    x: str,
    found: Mapping[str, str],
    layout: Layout,
    order: tuple[int, ...],
    turned: tuple[int, ...],
    window: Window,
    groups: int,
    flipped: bool,
) -> Any:
    from torch.nn import functional

    convolve = functional.conv1d if len(turned) == 3 else functional.conv2d
    kernel = t[found["weight"]].permute(order).reshape(turned)
    if flipped:
        kernel = kernel.flip(tuple(range(2, len(turned))))
    given = functional.pad(layout.to_torch(t[x]), window.pads)
    y = convolve(given, kernel, None, stride=window.stride, dilation=window.dilation, groups=groups)
    if "bias" not in found:
        return layout.back(y)
    shift = t[found["bias"]]
    if shift.numel() in (1, turned[0]):
        return layout.back(y + shift.reshape(-1, *(1 for _ in turned[2:])))
    return layout.back(y) + shift
