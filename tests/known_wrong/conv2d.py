"""Plain convolutions over (batch, channels, height, width), stride 1 and no padding, and one pooling layer."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "Conv2dKernelNotTurned": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "other",
        "diagnosis": ["turned"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-12, "finite_difference": 1e-09, "reference": 1e-12}
    },
    "Conv2dOverlapOverwritten": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "overwritten_not_accumulated",
        "diagnosis": ["overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "Conv2dBorderLeftOut": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "border",
        "diagnosis": ["left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "AvgPool2dNotDivided": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "sum_for_mean",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-12, "finite_difference": 1e-09, "reference": 1e-12}
    },
}


def convolve(x, W, b):
    n, _, height, width = x.shape
    f, _, kh, kw = W.shape
    out = np.zeros((n, f, height - kh + 1, width - kw + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            patch = x[:, :, i : i + kh, j : j + kw]
            out[:, :, i, j] = np.tensordot(patch, W, axes=([1, 2, 3], [1, 2, 3])) + b
    return out


class Conv2dKernelNotTurned:
    """Writes dx as a full convolution with the kernel as it is; it has to be turned by half a circle."""

    def __init__(self, in_channels, out_channels, kernel_size=3):
        self.W = np.random.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.3
        self.b = np.zeros(out_channels)

    def forward(self, x):
        self.x = x
        return convolve(x, self.W, self.b)

    def backward(self, dout):
        k = self.W.shape[2]
        self.dW = np.zeros_like(self.W)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                patch = self.x[:, :, i : i + k, j : j + k]
                self.dW += np.tensordot(dout[:, :, i, j], patch, axes=([0], [0]))
        self.db = dout.sum(axis=(0, 2, 3))
        padded = np.pad(dout, ((0, 0), (0, 0), (k - 1, k - 1), (k - 1, k - 1)))
        return convolve(padded, self.W.transpose(1, 0, 2, 3), 0.0)


class Conv2dOverlapOverwritten:
    """Assigns each window's share of dx, so that of overlapping windows only the last one counts."""

    def __init__(self, in_channels, out_channels, kernel_size=3):
        self.W = np.random.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.3
        self.b = np.zeros(out_channels)

    def forward(self, x):
        self.x = x
        return convolve(x, self.W, self.b)

    def backward(self, dout):
        k = self.W.shape[2]
        dx = np.zeros_like(self.x)
        self.dW = np.zeros_like(self.W)
        self.db = dout.sum(axis=(0, 2, 3))
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                g = dout[:, :, i, j]
                self.dW += np.tensordot(g, self.x[:, :, i : i + k, j : j + k], axes=([0], [0]))
                dx[:, :, i : i + k, j : j + k] = np.tensordot(g, self.W, axes=([1], [0]))
        return dx


class Conv2dBorderLeftOut:
    """Leaves the last row and column of windows out of dW: the loops end one window early."""

    def __init__(self, in_channels, out_channels, kernel_size=3):
        self.W = np.random.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.3
        self.b = np.zeros(out_channels)

    def forward(self, x):
        self.x = x
        return convolve(x, self.W, self.b)

    def backward(self, dout):
        k = self.W.shape[2]
        dx = np.zeros_like(self.x)
        self.dW = np.zeros_like(self.W)
        self.db = dout.sum(axis=(0, 2, 3))
        for i in range(self.x.shape[2] - k):
            for j in range(self.x.shape[3] - k):
                g = dout[:, :, i, j]
                self.dW += np.tensordot(g, self.x[:, :, i : i + k, j : j + k], axes=([0], [0]))
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                dx[:, :, i : i + k, j : j + k] += np.tensordot(dout[:, :, i, j], self.W, axes=([1], [0]))
        return dx


class AvgPool2dNotDivided:
    """Spreads the upstream gradient over each window of 2 by 2 and forgets to share it out by four."""

    def forward(self, x):
        self.shape = x.shape
        n, c, height, width = x.shape
        return x.reshape(n, c, height // 2, 2, width // 2, 2).mean(axis=(3, 5))

    def backward(self, dout):
        return np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3)
