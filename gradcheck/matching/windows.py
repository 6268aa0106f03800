"""Windows that slide over images and signals: which strides and paddings lead from one size to another."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcheck.matching.settings import whole
from gradcheck.types import Signature

#: Strides, dilations and paddings tried where nothing is stated.
STRIDES = (1, 2, 3, 4)
DILATIONS = (1, 2, 3)
PADDINGS = (0, 1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How a window slides, one number per axis; `after` is what is padded behind where it is another number."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def pads(self) -> list[int]:
        """What torch.nn.functional.pad takes: the last axis first."""
        pairs = zip(self.padding, self.after, strict=True)
        return [n for pair in reversed(list(pairs)) for n in pair]


def windows(
    signature: Signature, sizes: Sequence[int], outputs: Sequence[int], kernel: Sequence[int], *, dilated: bool = True
) -> Iterator[Window]:
    """The ways to come from `sizes` to `outputs`: n' = (n + padding - dilation (k - 1) - 1) // stride + 1.

    Settings of the layer come first, equal numbers on all axes before unequal ones.

    Args:
        signature: What the layer shows.
        sizes: Sizes of the input's axes.
        outputs: Sizes of the output's.
        kernel: Sizes of the window.
        dilated: Whether dilations are tried.
    """
    stated = whole(signature, "stride", "strides", "step", "s", "stridex", "poolstride")
    spread = whole(signature, "dilation", "dilationrate")
    padded = whole(signature, "padding", "pad", "p", "padsize")
    axes = [
        list(_axis(n, m, k, stated, padded, spread if dilated else 1))
        for n, m, k in zip(sizes, outputs, kernel, strict=True)
    ]
    found = sorted(itertools.product(*axes), key=lambda ways: (len(set(ways)) > 1, sum(way[0] for way in ways)))
    for ways in found:
        _, stride, before, after, dilation = zip(*ways, strict=True)
        yield Window(kernel=tuple(kernel), stride=stride, padding=before, after=after, dilation=dilation)


def _axis(
    size: int, output: int, kernel: int, stride: int | None, padding: int | None, dilation: int | None
) -> list[tuple[int, int, int, int, int]]:
    """(deviations from what is stated, stride, padding before, padding behind, dilation) of one axis."""
    strides = dict.fromkeys((*([stride] if stride else []), *STRIDES, kernel))
    dilations = dict.fromkeys([dilation] if dilation else DILATIONS)
    found = []
    for s, d in itertools.product(strides, dilations):
        reach = d * (kernel - 1) + 1
        pads = [(p, p) for p in dict.fromkeys((*([padding] if padding else []), *PADDINGS, reach - 1))]
        total = max((output - 1) * s + reach - size, 0)
        pads.append((total // 2, total - total // 2))
        for before, after in dict.fromkeys(pads):
            if size + before + after >= reach and (size + before + after - reach) // s + 1 == output:
                away = (stride is not None and s != stride) + (padding is not None and before != padding)
                found.append((away + (before != after) + (d != 1), s, before, after, d))
    return found
