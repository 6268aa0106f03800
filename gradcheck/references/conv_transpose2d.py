"""ConvTranspose2d: the transpose of Conv2d in its input, plus b."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gradcheck.matching.images import Layout, layouts
from gradcheck.matching.settings import whole
from gradcheck.matching.slots import assignments, bias, weight
from gradcheck.matching.windows import PADDINGS, STRIDES
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """N' = (n - 1) stride - 2 padding + k + extra, in every layout of image and weight."""
    if len(signature.inputs) != 1:
        return
    x = signature.inputs[0]
    found = list(assignments(signature, [weight(lambda shape: len(shape) == 4), bias(None)]))
    for names, layout in itertools.product(found, layouts(len(signature.shape(x)), 2)):
        if signature.y.ndim != len(layout.order) or not layout.channelled:
            continue
        size, answer = layout.shape(signature.shape(x)), layout.shape(signature.y.shape)
        shape = signature.shape(names["weight"])
        for order in itertools.permutations(range(4)):
            turned = tuple(shape[k] for k in order)
            if turned[:2] != (size[1], answer[1]) or order[2] > order[3]:
                continue
            how = ", ".join(
                word for word in (layout.how, "" if order == (0, 1, 2, 3) else "weights in another order") if word
            )
            for stride, padding, extra in _strides(signature, size[2:], answer[2:], turned[2:]):
                make = partial(_value, x=x, names=names, layout=layout, order=order)
                make = partial(make, stride=stride, padding=padding, extra=extra)
                yield Form(value=partial(make, flipped=False), how=how)
                yield Form(value=partial(make, flipped=True), difference="turns its kernel by 180 degrees")


def _strides(
    signature: Signature, sizes: tuple[int, ...], answers: tuple[int, ...], kernel: tuple[int, ...]
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    stated = whole(signature, "stride", "strides", "upsamplingfactor")
    for stride, padding in itertools.product(dict.fromkeys((stated or 1, *STRIDES)), PADDINGS):
        ways = zip(sizes, answers, kernel, strict=True)
        extra = tuple(m - (n - 1) * stride + 2 * padding - k for n, m, k in ways)
        if all(0 <= e < stride for e in extra) or not any(extra):
            yield stride, padding, extra


def _value(
    t: Mapping[str, Any],
    *,
    x: str,
    names: Mapping[str, str],
    layout: Layout,
    order: tuple[int, ...],
    stride: int,
    padding: int,
    extra: tuple[int, ...],
    flipped: bool,
) -> Any:
    from torch.nn.functional import conv_transpose2d

    kernel = t[names["weight"]].permute(order).contiguous()
    kernel = kernel.flip((2, 3)) if flipped else kernel
    shift = t[names["bias"]].reshape(-1) if "bias" in names else None
    return layout.back(conv_transpose2d(layout.to_torch(t[x]), kernel, shift, stride, padding, extra))


def example() -> tuple[Any, tuple[Any, ...]]:
    """Strided, padded, and one more row and column."""
    import torch

    module = torch.nn.ConvTranspose2d(3, 2, (3, 2), stride=2, padding=1, output_padding=1, dtype=torch.float64)
    return module, (torch.linspace(-2.0, 300.0, 120, dtype=torch.float64).sin().view(2, 3, 5, 4),)


REFERENCE = Reference(
    name="conv_transpose2d",
    title="ConvTranspose2d",
    summary="the transpose of Conv2d in its input, plus b",
    aliases=("convtranspose2d", "convtranspose", "transposedconv", "transposedconv2d", "deconv", "deconv2d",
             "deconvolution", "deconvolution2d", "conv2dtranspose", "transposedconvolution", "transposeconv2d"),
    forms=forms,
    example=example,
)  # fmt: skip
