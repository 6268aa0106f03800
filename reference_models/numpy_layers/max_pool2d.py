"""The largest of each window."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.windows import Size, Windows, pair


class MaxPool2d:
    """y = the largest entry of each window, channel by channel; the padding is never the largest.

    Shapes: x (N, C, H, W), y (N, C, P, Q) with P = (H + 2 r - d (I - 1) - 1) // s + 1.

    x_bar sums, for each pixel, y_bar of the windows it is the largest of. Of several equal ones the first counts.

    >>> layer = MaxPool2d(2)
    >>> layer.forward(np.array([[[[1.0, 4.0, 5.0, 2.0], [3.0, 2.0, 5.0, 1.0]]]]))
    array([[[[4., 5.]]]])
    >>> layer.backward(np.array([[[[10.0, 20.0]]]]))
    array([[[[ 0., 10., 20.,  0.],
             [ 0.,  0.,  0.,  0.]]]])

    Args:
        kernel_size: Rows I and columns of a window, or one number for both; so are the next three.
        stride: From one window to the next, s; the kernel's size unless given.
        padding: Rows and columns at each side, r; at most half of the kernel's, or a window would hold nothing else.
        dilation: From one entry of a window to the next, d.

    Raises:
        ValueError: The padding is more than half of the kernel.
    """

    def __init__(self, kernel_size: Size, *, stride: Size | None = None, padding: Size = 0, dilation: Size = 1) -> None:
        kernel = pair(kernel_size)
        if any(2 * added > size for added, size in zip(pair(padding), kernel, strict=True)):
            message = f"padding={padding} is more than half of kernel_size={kernel_size}"
            raise ValueError(message)
        self.windows = Windows(
            kernel=kernel,
            stride=kernel if stride is None else pair(stride),
            padding=pair(padding),
            dilation=pair(dilation),
        )

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (N, C, H, W) to y (N, C, P, Q).

        Raises:
            ValueError: Not even one window fits in.
        """
        self.shape = x.shape
        columns = self.windows.unfold(x.astype(np.result_type(x.dtype, np.float32), copy=False), fill=-np.inf)
        self.largest = columns.argmax(axis=2)[:, :, np.newaxis]
        return np.take_along_axis(columns, self.largest, axis=2)[:, :, 0]

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (N, C, P, Q) to x_bar (N, C, H, W)."""
        area = self.windows.kernel[0] * self.windows.kernel[1]
        columns_bar = np.zeros((*y_bar.shape[:2], area, *y_bar.shape[2:]), y_bar.dtype)
        np.put_along_axis(columns_bar, self.largest, y_bar[:, :, np.newaxis], axis=2)
        return self.windows.fold(columns_bar, *self.shape[-2:])
