"""The convolution of images."""

from __future__ import annotations

import math

import numpy as np

from reference_models.numpy_layers.windows import Size, Windows, pair


class Conv2d:
    """Y[n, o, p, q] = b[o] + sum over c, i, j of W[o, c, i, j] X[n, c, s p + d i - r, s q + d j - r], X being 0 beyond.

    Shapes: X (N, C, H, W), W (O, C / G, I, J), b (O,), Y (N, O, P, Q) with P = (H + 2 r - d (I - 1) - 1) // s + 1.
    Stride s, padding r, dilation d, and G groups: the output channels of one group see its input channels alone.

    With the windows of X as columns, Y = W columns, so dW = dY columns^T, columns_bar = W^T dY, and dX sums for each
    pixel the columns it stands in; db = sum of dY over all but the channels.

    >>> layer = Conv2d(1, 1, 2)
    >>> layer.W, layer.b = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([10.0])
    >>> layer.forward(np.array([[[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]]))
    array([[[[15., 13.]]]])
    >>> layer.backward(np.array([[[[1.0, 10.0]]]]))
    array([[[[ 1., 12., 20.],
             [ 3., 34., 40.]]]])
    >>> layer.dW
    array([[[[ 1.,  0.],
             [10.,  1.]]]])

    Args:
        in_channels: C.
        out_channels: O.
        kernel_size: I and J, or one number for both; so are the next three.
        stride: From one window to the next.
        padding: Rows and columns of zeros at each side.
        dilation: From one entry of a window to the next.
        groups: G, a divisor of C and of O.
        bias: Whether b is added; without it `b` and `db` are None.
        seed: Of the initial W, uniform in +-sqrt(6 / (fan in + fan out)) (Xavier); b starts at 0.

    Raises:
        ValueError: The groups divide C or O with a rest.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        *,
        stride: Size = 1,
        padding: Size = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        seed: int = 0,
    ) -> None:
        if in_channels % groups or out_channels % groups:
            message = f"groups={groups} do not divide in_channels={in_channels} and out_channels={out_channels}"
            raise ValueError(message)
        self.groups = groups
        self.windows = Windows(
            kernel=pair(kernel_size), stride=pair(stride), padding=pair(padding), dilation=pair(dilation)
        )
        shape = (out_channels, in_channels // groups, *self.windows.kernel)
        area = self.windows.kernel[0] * self.windows.kernel[1]
        limit = np.sqrt(6 * groups / (area * (in_channels + out_channels)))
        self.W: np.ndarray = np.random.default_rng(seed).uniform(-limit, limit, shape)
        self.b: np.ndarray | None = np.zeros(out_channels) if bias else None
        self.dW: np.ndarray = np.zeros(shape)
        self.db: np.ndarray | None = np.zeros(out_channels) if bias else None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map X (N, C, H, W) to Y (N, O, P, Q).

        Raises:
            ValueError: X has another number of channels, or not even one window fits in.
        """
        channels = self.W.shape[1] * self.groups
        if x.shape[1:2] != (channels,):
            message = f"x {x.shape} does not fit, expected (N, {channels}, H, W)"
            raise ValueError(message)
        self.shape = x.shape
        self.dtype = np.result_type(x.dtype, np.float32)
        columns = self.windows.unfold(x)
        rows, across = columns.shape[-2:]
        # One matrix per image and group: (C / G times K, P times Q).
        self.columns = columns.reshape(len(x), self.groups, self._fan_in(), rows * across)
        y: np.ndarray = (self._matrices() @ self.columns).reshape(len(x), len(self.W), rows, across)
        if self.b is not None:
            y = y + self.b[:, np.newaxis, np.newaxis]
        return y.astype(self.dtype, copy=False)

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map dY (N, O, P, Q) to dX (N, C, H, W); leave dW (O, C / G, I, J) and db (O,) behind."""
        batch, channels, height, width = self.shape
        positions = y_bar.shape[-2] * y_bar.shape[-1]
        grouped = y_bar.reshape(batch, self.groups, len(self.W) // self.groups, positions)
        self.dW = np.einsum("ngop,ngkp->gok", grouped, self.columns, optimize=True).reshape(self.W.shape)
        if self.b is not None:
            self.db = y_bar.sum(axis=(0, 2, 3))
        columns_bar = np.swapaxes(self._matrices(), -1, -2) @ grouped
        area = self.windows.kernel[0] * self.windows.kernel[1]
        windows_bar = columns_bar.reshape(batch, channels, area, *y_bar.shape[-2:])
        return self.windows.fold(windows_bar, height, width).astype(self.dtype, copy=False)

    def _fan_in(self) -> int:
        """C / G times I times J."""
        return math.prod(self.W.shape[1:])

    def _matrices(self) -> np.ndarray:
        """W as one matrix per group: (G, O / G, C / G times K)."""
        matrices: np.ndarray = self.W.reshape(self.groups, len(self.W) // self.groups, self._fan_in())
        return matrices
