"""The convolution of sequences."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers.conv2d import Conv2d


class Conv1d:
    """Y[n, o, p] = b[o] + sum over c and i of W[o, c, i] X[n, c, s p + d i - r]: Conv2d on images of one row.

    Shapes: X (N, C, L), Y (N, O, P) with P = (L + 2 r - d (I - 1) - 1) // s + 1; `convolution` holds W (O, C / G, 1, I)
    and b (O,).

    The gradients are those of Conv2d.

    >>> layer = Conv1d(1, 1, 2)
    >>> layer.convolution.W = np.array([[[[1.0, 2.0]]]])
    >>> layer.forward(np.array([[[1.0, 0.0, 1.0]]]))
    array([[[1., 2.]]])
    >>> layer.backward(np.array([[[1.0, 10.0]]]))
    array([[[ 1., 12., 20.]]])

    Args:
        in_channels: C.
        out_channels: O.
        kernel_size: I.
        stride: From one window to the next, s.
        padding: Zeros at each side, r.
        dilation: From one entry of a window to the next, d.
        groups: G, a divisor of C and of O.
        bias: Whether b is added.
        seed: Of the initial W.

    Raises:
        ValueError: The groups divide C or O with a rest.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        *,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
        seed: int = 0,
    ) -> None:
        self.convolution = Conv2d(
            in_channels,
            out_channels,
            (1, kernel_size),
            stride=(1, stride),
            padding=(0, padding),
            dilation=(1, dilation),
            groups=groups,
            bias=bias,
            seed=seed,
        )

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map X (N, C, L) to Y (N, O, P).

        Raises:
            ValueError: X has another number of channels, or not even one window fits in.
        """
        return self.convolution.forward(x[:, :, np.newaxis])[:, :, 0]

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map dY (N, O, P) to dX (N, C, L)."""
        return self.convolution.backward(y_bar[:, :, np.newaxis])[:, :, 0]

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `convolution.W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
