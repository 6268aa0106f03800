"""Forms of convolutions, shared by the counterparts of one and two dimensions."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    ways = (
        way
        for found, layout in itertools.product(
            list(assignments(signature, slots)), layouts(len(signature.shape(x)), spatial)
        )
        for answer in _answers(signature.y.shape, layout, spatial)
        for way in _of_layout(signature, x, found, layout, answer)
    )
    # A layout that is not meant has no end of strides and paddings: the likeliest window of each comes first.
    yield from _in_turns(list(ways))


def _in_turns(ways: Sequence[Iterator[Form]]) -> Iterator[Form]:
    """The first of each, then the second of each, until there are none left."""
    waiting = deque(ways)
    while waiting:
        way = waiting.popleft()
        form = next(way, None)
        if form is not None:
            yield form
            waiting.append(way)


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
    answer: tuple[int, ...],
) -> Iterator[Iterator[Form]]:
    """Forms of one layout of the image, by the layouts that the weight may have."""
    size = layout.shape(signature.shape(x))
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
        make = partial(
            _value, x=x, found=found, layout=layout, order=order, turned=turned, groups=size[1] // channels,
        )  # fmt: skip
        sliding = windows(signature, size[2:], answer[2:], turned[2:])
        yield _slid(make, sliding, ", ".join(word for word in words if word), is_point=max(turned[2:]) == 1)


def _slid(make: Callable[..., Any], sliding: Iterator[Window], how: str, *, is_point: bool) -> Iterator[Form]:
    for window in sliding:
        yield Form(value=partial(make, window=window, flipped=False), how=how)
        if not is_point:
            turned = partial(make, window=window, flipped=True)
            yield Form(value=turned, difference="turns its kernel by 180 degrees")


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
    # In memory of its own: torch does not go back through a kernel of one filter with strides of another layout.
    kernel = t[found["weight"]].permute(order).reshape(turned).contiguous()
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
