"""Forms of pooling, shared by maximum and average in one and two dimensions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from gradcheck.matching.elementwise import only_input
from gradcheck.matching.images import Layout, layouts
from gradcheck.matching.settings import whole
from gradcheck.matching.windows import Window, windows
from gradcheck.types import Form, Signature

#: (tensor in torch's layout, window) -> tensor.
Pool = Callable[[Any, Window], Any]


def pooling_forms(signature: Signature, spatial: int, pools: Mapping[str, Pool]) -> Iterator[Form]:
    """Every layout, window, stride and padding that fits the sizes.

    Args:
        signature: What the layer shows.
        spatial: 1 for signals, 2 for images.
        pools: What is done with a window, by how it is told apart, "" for torch's default.
    """
    x = only_input(signature)
    if x is None or len(signature.shape(x)) < spatial:
        return
    for layout in layouts(len(signature.shape(x)), spatial):
        size = layout.shape(signature.shape(x))
        if signature.y.ndim != len(layout.order):
            continue
        answer = layout.shape(signature.y.shape)
        if answer == size or answer[:2] != size[:2] or any(m > n for n, m in zip(size[2:], answer[2:], strict=True)):
            continue
        for kernel in _kernels(signature, size[2:]):
            for window, (name, pool) in itertools.product(
                windows(signature, size[2:], answer[2:], kernel, dilated=False), pools.items()
            ):
                how = ", ".join(word for word in (layout.how, name) if word)
                yield Form(value=partial(_value, x=x, layout=layout, pool=pool, window=window), how=how)


def _kernels(signature: Signature, sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    stated = whole(signature, "kernelsize", "kernel", "poolsize", "size", "filtersize", "k", "f", "windowsize")
    square = [(k,) * len(sizes) for k in dict.fromkeys([stated or 2, *range(1, max(sizes) + 1)]) if k <= max(sizes)]
    others = itertools.product(*(range(1, n + 1) for n in sizes))
    yield from dict.fromkeys([*(k for k in square if all(a <= n for a, n in zip(k, sizes, strict=True))), *others])


def _value(t: Mapping[str, Any], *, x: str, layout: Layout, pool: Pool, window: Window) -> Any:
    return layout.back(pool(layout.to_torch(t[x]), window))


def greatest(x: Any, window: Window) -> Any:
    """The greatest entry of each window; what is padded never is."""
    from torch.nn import functional

    if window.padding == window.after and all(2 * p <= k for p, k in zip(window.padding, window.kernel, strict=True)):
        pool = functional.max_pool1d if len(window.kernel) == 1 else functional.max_pool2d
        return pool(x, window.kernel, window.stride, window.padding)
    raise ValueError("torch's pooling pads both sides alike, by half a window at most")


def mean(x: Any, window: Window, *, padded: bool) -> Any:
    """The mean of each window; zeros of the padding count or not."""
    from torch.nn import functional

    if window.padding != window.after:
        raise ValueError("torch's pooling pads both sides alike")
    pool = functional.avg_pool1d if len(window.kernel) == 1 else functional.avg_pool2d
    return pool(x, window.kernel, window.stride, window.padding, count_include_pad=padded)
