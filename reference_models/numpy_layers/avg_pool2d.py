"""The mean of each window."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.windows import Size, Windows, pair


class AvgPool2d:
    """y = the mean of each window of K entries, channel by channel; the padding counts as zeros.

    Shapes: x (N, C, H, W), y (N, C, P, Q) with P = (H + 2 r - I) // s + 1.

    x_bar sums, for each pixel, y_bar / K of the windows it stands in.

    >>> layer = AvgPool2d((1, 2))
    >>> layer.forward(np.array([[[[1.0, 3.0, 5.0, 9.0]]]]))
    array([[[[2., 7.]]]])
    >>> layer.backward(np.array([[[[10.0, 20.0]]]]))
    array([[[[ 5.,  5., 10., 10.]]]])

    Args:
        kernel_size: Rows I and columns of a window, or one number for both; so are the next two.
        stride: From one window to the next, s; the kernel's size unless given.
        padding: Rows and columns of zeros at each side, r.
    """

    def __init__(self, kernel_size: Size, *, stride: Size | None = None, padding: Size = 0) -> None:
        kernel = pair(kernel_size)
        self.windows = Windows(kernel=kernel, stride=kernel if stride is None else pair(stride), padding=pair(padding))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (N, C, H, W) to y (N, C, P, Q).

        Raises:
            ValueError: Not even one window fits in.
        """
        self.shape = x.shape
        dtype = np.result_type(x.dtype, np.float32)
        y: np.ndarray = self.windows.unfold(x.astype(dtype, copy=False)).mean(axis=2)
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (N, C, P, Q) to x_bar (N, C, H, W)."""
        area = self.windows.kernel[0] * self.windows.kernel[1]
        shape = (*y_bar.shape[:2], area, *y_bar.shape[2:])
        columns_bar = np.broadcast_to((y_bar / area)[:, :, np.newaxis], shape)
        return self.windows.fold(columns_bar, *self.shape[-2:])
