"""Layouts of images and signals: where the batch and the channels are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How an array becomes torch's (batch, channels, ...) and back.

    Attributes:
        how: The layout in words, "" for torch's own.
        order: Axes of the array in torch's order.
        batched, channelled: Whether the array has a batch, and channels; what it lacks is added with length one.
    """

    how: str
    order: tuple[int, ...]
    batched: bool = True
    channelled: bool = True

    def to_torch(self, x: Any) -> Any:
        """(batch, channels, ...)."""
        x = x.permute(self.order)
        if not self.channelled:
            x = x.unsqueeze(1 if self.batched else 0)
        return x if self.batched else x.unsqueeze(0)

    def back(self, y: Any) -> Any:
        """The array's own layout; channels that were added stay if there are several now."""
        if not self.batched:
            y = y.squeeze(0)
        if not self.channelled:
            axis = 1 if self.batched else 0
            return y.squeeze(axis) if y.shape[axis] == 1 else y.movedim(axis, -1)
        inverse = sorted(range(len(self.order)), key=self.order.__getitem__)
        return y.permute(inverse)

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape in torch's layout."""
        found = [shape[axis] for axis in self.order]
        if not self.channelled:
            found.insert(1 if self.batched else 0, 1)
        return tuple(found) if self.batched else (1, *found)


def layouts(dimensions: int, spatial: int) -> Iterator[Layout]:
    """Layouts an array of so many dimensions may have, torch's own first.

    Args:
        dimensions: Axes of the array.
        spatial: Axes of an image, 2, or of a signal, 1.
    """
    space = tuple(range(spatial))
    if dimensions == spatial + 2:
        yield Layout(how="", order=tuple(range(dimensions)))
        yield Layout(how="channels last", order=(0, dimensions - 1, *range(1, dimensions - 1)))
        yield Layout(how="batch last", order=(dimensions - 1, dimensions - 2, *space))
        yield Layout(how="channels first of all", order=(1, 0, *range(2, dimensions)))
        yield Layout(how="channels, then the image, then the batch", order=(dimensions - 1, 0, *(k + 1 for k in space)))
    if dimensions == spatial + 1:
        yield Layout(how="a single sample", order=tuple(range(dimensions)), batched=False)
        last = (dimensions - 1, *space)
        yield Layout(how="a single sample, channels last", order=last, batched=False)
        yield Layout(how="without channels", order=tuple(range(dimensions)), channelled=False)
    if dimensions == spatial:
        yield Layout(how="a single sample without channels", order=space, batched=False, channelled=False)
