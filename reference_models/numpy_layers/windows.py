"""Windows of an image, as columns of their own and put together again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

#: One number for both axes, or (rows, columns).
Size = int | tuple[int, int]


def pair(size: Size) -> tuple[int, int]:
    """One number twice; a pair as it is.

    >>> pair(3), pair((1, 2))
    ((3, 3), (1, 2))
    """
    return size if isinstance(size, tuple) else (size, size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Where the windows of an image lie.

    Shapes: image (N, C, H, W), columns (N, C, K, P, Q): K entries of each of P times Q windows.

    `fold` is the transpose of `unfold`: <unfold(x), y> = <x, fold(y)>, so that a pixel in several windows gets the sum.

    >>> windows = Windows(kernel=(2, 2), stride=(1, 1))
    >>> columns = windows.unfold(np.arange(6.0).reshape(1, 1, 2, 3))
    >>> columns[0, 0, :, 0, 0], columns[0, 0, :, 0, 1]
    (array([0., 1., 3., 4.]), array([1., 2., 4., 5.]))
    >>> windows.fold(np.ones_like(columns), 2, 3)[0, 0]
    array([[1., 2., 1.],
           [1., 2., 1.]])

    Attributes:
        kernel: Rows and columns of a window, K in product.
        stride: From one window to the next.
        padding: Rows and columns added at each side.
        dilation: From one entry of a window to the next.
    """

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)

    def counts(self, height: int, width: int) -> tuple[int, int]:
        """P and Q for an image of this size.

        Raises:
            ValueError: Not even one window fits in.
        """
        rows, columns = (
            (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
            for size, kernel, stride, padding, dilation in zip(
                (height, width), self.kernel, self.stride, self.padding, self.dilation, strict=True
            )
        )
        if rows < 1 or columns < 1:
            message = f"no window of {self.kernel}, dilated by {self.dilation}, fits into an image of {(height, width)}"
            raise ValueError(f"{message} padded by {self.padding}")
        return rows, columns

    def unfold(self, image: np.ndarray, *, fill: float = 0.0) -> np.ndarray:
        """Map image (N, C, H, W) to columns (N, C, K, P, Q), the padding filled with a number."""
        height, width = image.shape[-2:]
        vertical, horizontal = self.padding
        edges = ((0, 0), (0, 0), (vertical, vertical), (horizontal, horizontal))
        padded = np.pad(image, edges, constant_values=fill)
        return np.stack([padded[:, :, rows, columns] for rows, columns in self._places(height, width)], axis=2)

    def fold(self, columns: np.ndarray, height: int, width: int) -> np.ndarray:
        """Map columns (N, C, K, P, Q) to an image (N, C, H, W), each pixel the sum of its entries."""
        vertical, horizontal = self.padding
        padded = np.zeros((*columns.shape[:2], height + 2 * vertical, width + 2 * horizontal), columns.dtype)
        for entry, (rows, across) in enumerate(self._places(height, width)):
            padded[:, :, rows, across] += columns[:, :, entry]
        return padded[:, :, vertical : vertical + height, horizontal : horizontal + width]

    def _places(self, height: int, width: int) -> Iterator[tuple[slice, slice]]:
        """For each entry of a window, the pixels of the padded image that it takes in the windows."""
        counts = self.counts(height, width)
        for row in range(self.kernel[0]):
            for column in range(self.kernel[1]):
                starts = (row * self.dilation[0], column * self.dilation[1])
                rows, columns = (
                    slice(start, start + stride * (count - 1) + 1, stride)
                    for start, stride, count in zip(starts, self.stride, counts, strict=True)
                )
                yield rows, columns
