"""Convolution and pooling, by windows, loops and products."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "ConvByWindows": {"may_be": ["passed"], "trap": "a view of windows, one product"},
    "ConvPaddedByTurnedFilter": {"may_be": ["passed"], "trap": "backward is a convolution with the turned filter"},
    "ConvOfColumns": {"may_be": ["passed"], "trap": "windows copied into columns and added back"},
    "PointwiseConv": {"may_be": ["passed"], "trap": "a filter of one pixel is a product over the channels"},
    "MaxPoolOverlapping": {"may_be": ["passed"], "trap": "windows overlap, their gradients add up"},
    "MaxPoolByPosition": {"may_be": ["passed"], "trap": "argmax and a scatter"},
    "AvgPoolByRepeat": {"may_be": ["passed"], "trap": "every pixel is repeated"},
    "GlobalAveragePool": {"may_be": ["passed"], "trap": "the gradient is a broadcast view, copied"},
}


class ConvByWindows:
    pad = 0

    def __init__(self, in_channels=2, out_channels=3, kernel_size=3):
        self.W = np.random.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.3
        self.b = np.zeros(out_channels)

    def windows(self, x):
        x = np.pad(x, ((0, 0), (0, 0), (self.pad, self.pad), (self.pad, self.pad)))
        return np.lib.stride_tricks.sliding_window_view(x, self.W.shape[2:], axis=(2, 3))

    def forward(self, x):
        n, c, h, w = x.shape
        self.x = x
        return np.einsum("nchwij,ocij->nohw", self.windows(x), self.W) + self.b[:, None, None]

    def backward(self, dy):
        self.dW = np.einsum("nchwij,nohw->ocij", self.windows(self.x), dy)
        self.db = dy.sum(axis=(0, 2, 3))
        k = self.W.shape[2] - 1 - self.pad
        wide = np.pad(dy, ((0, 0), (0, 0), (k, k), (k, k)))
        windows = np.lib.stride_tricks.sliding_window_view(wide, self.W.shape[2:], axis=(2, 3))
        return np.einsum("nohwij,ocij->nchw", windows, self.W[:, :, ::-1, ::-1])


class ConvPaddedByTurnedFilter(ConvByWindows):
    def __init__(self, in_channels=2, out_channels=3, kernel_size=3):
        super().__init__(in_channels, out_channels, kernel_size)
        self.pad = kernel_size // 2


class ConvOfColumns(ConvByWindows):
    def forward(self, x):
        self.shape = x.shape
        n, c, h, w = x.shape
        o, _, k, _ = self.W.shape
        self.columns = np.array(self.windows(x)).transpose(0, 2, 3, 1, 4, 5).reshape(-1, c * k * k)
        y = self.columns @ self.W.reshape(o, -1).T + self.b
        return y.reshape(n, h - k + 1, w - k + 1, o).transpose(0, 3, 1, 2)

    def backward(self, dy):
        n, o, h, w = dy.shape
        k, c = self.W.shape[2], self.shape[1]
        d = dy.transpose(0, 2, 3, 1).reshape(-1, o)
        self.dW, self.db = (d.T @ self.columns).reshape(self.W.shape), d.sum(axis=0)
        columns = (d @ self.W.reshape(o, -1)).reshape(n, h, w, c, k, k)
        dx = np.zeros(self.shape)
        for i in range(k):
            for j in range(k):
                dx[:, :, i : i + h, j : j + w] += columns[..., i, j].transpose(0, 3, 1, 2)
        return dx


class PointwiseConv:
    def __init__(self, in_channels=2, out_channels=3):
        self.W = np.random.randn(out_channels, in_channels)

    def forward(self, x):
        n, c, h, w = x.shape
        self.x = x
        return np.tensordot(x, self.W, axes=([1], [1])).transpose(0, 3, 1, 2)

    def backward(self, dy):
        self.dW = np.tensordot(dy, self.x, axes=([0, 2, 3], [0, 2, 3]))
        return np.tensordot(dy, self.W, axes=([1], [0])).transpose(0, 3, 1, 2)


class MaxPoolOverlapping:
    def forward(self, x):
        n, c, h, w = x.shape
        self.x = x
        self.y = np.max([x[:, :, i : h - 1 + i, j : w - 1 + j] for i in (0, 1) for j in (0, 1)], axis=0)
        return self.y.copy()

    def backward(self, dy):
        n, c, h, w = self.x.shape
        dx = np.zeros_like(self.x)
        left = np.ones(self.y.shape, dtype=bool)
        for i in (0, 1):
            for j in (0, 1):
                # Of entries that tie the first has it all.
                here = left & (self.x[:, :, i : h - 1 + i, j : w - 1 + j] == self.y)
                dx[:, :, i : h - 1 + i, j : w - 1 + j] += dy * here
                left &= ~here
        return dx


class MaxPoolByPosition:
    def forward(self, x):
        n, c, h, w = x.shape
        self.shape = x.shape
        flat = x.reshape(n, c, h // 2, 2, w // 2, 2).swapaxes(3, 4).reshape(n, c, h // 2, w // 2, 4)
        self.at = flat.argmax(axis=-1)[..., None]
        return np.take_along_axis(flat, self.at, axis=-1)[..., 0]

    def backward(self, dy):
        n, c, h, w = self.shape
        flat = np.zeros((n, c, h // 2, w // 2, 4))
        np.put_along_axis(flat, self.at, dy[..., None], axis=-1)
        return flat.reshape(n, c, h // 2, w // 2, 2, 2).swapaxes(3, 4).reshape(self.shape)


class AvgPoolByRepeat:
    def forward(self, x):
        n, c, h, w = x.shape
        return x.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5))

    def backward(self, dy):
        return dy.repeat(2, axis=2).repeat(2, axis=3) / 4


class GlobalAveragePool:
    def forward(self, x):
        n, c, h, w = x.shape
        self.shape = x.shape
        return x.mean(axis=(2, 3))

    def backward(self, dy):
        n, c, h, w = self.shape
        return np.broadcast_to(dy[:, :, None, None] / (h * w), self.shape).copy()
