"""Convolutions and pools that are right as anyone would build them first, and wrong with another stride, size or value."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "ConvStrideOverwrites": {"check": "shapes", "wrt": ["x"], "explanation": "stride", "oracles": [], "smallest": {}},
    "ConvPaddingCroppedAtFront": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "ConvDilationForgotten": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "ConvRemainderLost": {"check": "shapes", "wrt": ["x"], "explanation": "stride", "oracles": [], "smallest": {}},
    "ConvRectangleSwapped": {"check": "shapes", "wrt": ["W", "x"], "explanation": "size", "oracles": [], "smallest": {}},
    "ConvOddRowForgotten": {"check": "shapes", "wrt": ["x"], "explanation": "size", "oracles": [], "smallest": {}},
    "ConvOneByOneShortcut": {"check": "shapes", "wrt": ["x"], "explanation": "size", "oracles": [], "smallest": {}},
    "ConvWithoutBias": {"check": "shapes", "wrt": ["W"], "explanation": "option", "oracles": [], "smallest": {}},
    "ConvBatchOfOneSqueezed": {"check": "shapes", "wrt": ["x"], "explanation": "batch", "oracles": [], "smallest": {}},
    "ConvOneChannelShortcut": {"check": "shapes", "wrt": ["x"], "explanation": "size", "oracles": [], "smallest": {}},
    "ConvUpstreamInMemoryOrder": {"check": "shapes", "also": ["protocol"], "wrt": ["W", "x"], "explanation": "layout", "oracles": [], "smallest": {}},
    "ConvInputInMemoryOrder": {"check": "shapes", "wrt": ["W"], "explanation": "layout", "oracles": [], "smallest": {}},
    "ConvCornerOfPadding": {"check": "shapes", "wrt": ["W", "x"], "explanation": "option", "oracles": [], "smallest": {}},
    "ConvTallKernelTransposed": {"check": "shapes", "wrt": ["x"], "explanation": "size", "oracles": [], "smallest": {}},
    "MaxPoolOverlapOverwritten": {"check": "shapes", "wrt": ["x"], "explanation": "stride", "oracles": [], "smallest": {}},
    "MaxPoolOverlapAveraged": {"check": "shapes", "wrt": ["x"], "explanation": "stride", "oracles": [], "smallest": {}},
    "MaxPoolStepsByKernel": {"check": "shapes", "wrt": ["x"], "explanation": "stride", "oracles": [], "smallest": {}},
    "MaxPoolTiesAllPaid": {"check": "shapes", "wrt": ["x"], "explanation": "values", "oracles": [], "smallest": {}},
    "MaxPoolNegativeWindows": {"check": "shapes", "wrt": ["x"], "explanation": "values", "oracles": [], "smallest": {}},
    "AvgPoolDividedByStride": {"check": "shapes", "wrt": ["x"], "explanation": "stride", "oracles": [], "smallest": {}},
    "AvgPoolRectangleSwapped": {"check": "shapes", "wrt": ["x"], "explanation": "size", "oracles": [], "smallest": {}},
    "AvgPoolPaddingLeftOut": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "GlobalAvgPoolSquare": {"check": "shapes", "wrt": ["x"], "explanation": "size", "oracles": [], "smallest": {}},
    "UpsampleByTwo": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "UpsampleSides": {"check": "shapes", "wrt": ["x"], "explanation": "size", "oracles": [], "smallest": {}},
}


class _Conv:
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding=0, dilation=1, bias=True):
        self.kernel = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.W = np.random.randn(out_channels, in_channels, *self.kernel) * 0.3
        self.b = np.zeros(out_channels) if bias else None

    def window(self, i, j):
        s, d, (kh, kw) = self.stride, self.dilation, self.kernel
        return slice(i * s, i * s + d * (kh - 1) + 1, d), slice(j * s, j * s + d * (kw - 1) + 1, d)

    def forward(self, x):
        p, s, d, (kh, kw) = self.padding, self.stride, self.dilation, self.kernel
        self.shape = x.shape
        self.x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        rows = (self.x.shape[2] - d * (kh - 1) - 1) // s + 1
        columns = (self.x.shape[3] - d * (kw - 1) - 1) // s + 1
        if rows < 1 or columns < 1:
            raise ValueError("the kernel is larger than the image")
        y = np.zeros((x.shape[0], self.W.shape[0], rows, columns))
        for i in range(rows):
            for j in range(columns):
                a, b = self.window(i, j)
                y[:, :, i, j] = np.tensordot(self.x[:, :, a, b], self.W, ([1, 2, 3], [1, 2, 3]))
        return y if self.b is None else y + self.b[:, None, None]

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        self.dW = np.zeros_like(self.W)
        if self.b is not None:
            self.db = dout.sum(axis=(0, 2, 3))
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                a, b = self.window(i, j)
                self.dW += np.tensordot(dout[:, :, i, j], self.x[:, :, a, b], ([0], [0]))
                self.spread(dx, a, b, np.tensordot(dout[:, :, i, j], self.W, ([1], [0])))
        return self.cropped(dx)

    def spread(self, dx, a, b, share):
        dx[:, :, a, b] += share

    def cropped(self, dx):
        p = self.padding
        return dx[:, :, p : p + self.shape[2], p : p + self.shape[3]]


class ConvStrideOverwrites(_Conv):
    """Accumulates windows one pixel apart and assigns those further apart, as if they could not overlap."""

    def spread(self, dx, a, b, share):
        if self.stride == 1:
            dx[:, :, a, b] += share
        else:
            dx[:, :, a, b] = share


class ConvPaddingCroppedAtFront(_Conv):
    """Cuts the padding off the end only: the gradient is shifted by it."""

    def cropped(self, dx):
        return dx[:, :, : self.shape[2], : self.shape[3]]


class ConvDilationForgotten(_Conv):
    """Spreads each window's share over neighbouring pixels, whatever the dilation."""

    def spread(self, dx, a, b, share):
        kh, kw = self.kernel
        dx[:, :, a.start : a.start + kh, b.start : b.start + kw] += share


class ConvRemainderLost(_Conv):
    """Works out the image's size from the answer's; what the stride leaves over is missing."""

    def cropped(self, dx):
        kh, kw = self.kernel
        rows = (dx.shape[2] - kh) // self.stride * self.stride + kh
        columns = (dx.shape[3] - kw) // self.stride * self.stride + kw
        p = self.padding
        return dx[:, :, p : max(rows - p, p), p : max(columns - p, p)]


class ConvRectangleSwapped(_Conv):
    """Loops over as many columns as there are rows."""

    def backward(self, dout):
        side = min(dout.shape[2], dout.shape[3])
        kept = np.zeros_like(dout)
        kept[:, :, :side, :side] = dout[:, :, :side, :side]
        dx = super().backward(kept)
        if self.b is not None:
            self.db = dout.sum(axis=(0, 2, 3))
        return dx


class ConvOddRowForgotten(_Conv):
    """Handles rows in pairs and forgets the last one of an odd number."""

    def cropped(self, dx):
        dx = super().cropped(dx)
        if dx.shape[2] % 2:
            dx[:, :, -1] = 0.0
        return dx


class ConvOneByOneShortcut(_Conv):
    """A kernel of one pixel is a matrix product; its gradient is written with the matrix as it is, not turned."""

    def backward(self, dout):
        dx = super().backward(dout)
        if self.kernel == (1, 1) and self.W.shape[0] == self.W.shape[1]:
            return np.einsum("nfij,cf->ncij", dout, self.W[:, :, 0, 0]) if self.stride == 1 and not self.padding else dx
        if self.kernel == (1, 1):
            return dx * 2.0
        return dx


class ConvWithoutBias(_Conv):
    """Without a bias the weights' gradient is taken from the first sample alone."""

    def backward(self, dout):
        dx = super().backward(dout)
        if self.b is None:
            only = np.zeros_like(dout)
            only[:1] = dout[:1]
            super().backward(only)
        return dx


class ConvBatchOfOneSqueezed(_Conv):
    """Squeezes the gradient before it is returned, so that a batch of one loses its axis."""

    def cropped(self, dx):
        dx = super().cropped(dx)
        return dx[0] if len(dx) == 1 else dx


class ConvOneChannelShortcut(_Conv):
    """For one channel the kernel is not turned, as if it were symmetric."""

    def backward(self, dout):
        dx = super().backward(dout)
        if self.W.shape[1] == 1:
            kept, self.W = self.W, self.W[:, :, ::-1, ::-1]
            dW, db = self.dW, getattr(self, "db", None)
            dx = super().backward(dout)
            self.W, self.dW, self.db = kept, dW, db
        return dx


class ConvUpstreamInMemoryOrder(_Conv):
    """Flattens the upstream gradient in the order it lies in memory."""

    def backward(self, dout):
        return super().backward(dout.ravel(order="K").reshape(dout.shape))


class ConvInputInMemoryOrder(_Conv):
    """Keeps the input flat, in the order it lies in memory, for the weights' gradient."""

    def forward(self, x):
        y = super().forward(x)
        if not self.padding:
            self.x = x.ravel(order="K").reshape(x.shape)
        return y


class ConvCornerOfPadding(_Conv):
    """Leaves out the window over the last corner of a padded image."""

    def backward(self, dout):
        if self.padding:
            kept = dout.copy()
            kept[:, :, -1, -1] = 0.0
            dx = super().backward(kept)
            if self.b is not None:
                self.db = dout.sum(axis=(0, 2, 3))
            return dx
        return super().backward(dout)


class ConvTallKernelTransposed(_Conv):
    """Rectangular kernels: the share of a window is reshaped as if its height were its width."""

    def spread(self, dx, a, b, share):
        kh, kw = self.kernel
        if kh != kw:
            share = share.reshape(*share.shape[:2], kw, kh).swapaxes(2, 3)
        dx[:, :, a, b] += share


class _Pool:
    def __init__(self, kernel_size=3, stride=None, padding=0):
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        k, s, p = self.k, self.s, self.p
        if p > k // 2:
            raise ValueError("more padding than half a window")
        self.shape = x.shape
        self.x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=self.filling)
        rows, columns = (self.x.shape[2] - k) // s + 1, (self.x.shape[3] - k) // s + 1
        if rows < 1 or columns < 1:
            raise ValueError("the window is larger than the image")
        self.y = np.zeros((*x.shape[:2], rows, columns))
        for i in range(rows):
            for j in range(columns):
                self.y[:, :, i, j] = self.reduced(self.x[:, :, i * s : i * s + k, j * s : j * s + k])
        return self.y

    def backward(self, dout):
        k, s, p = self.k, self.s, self.p
        dx = np.zeros_like(self.x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                a, b = slice(i * s, i * s + k), slice(j * s, j * s + k)
                self.spread(dx, a, b, self.x[:, :, a, b], dout[:, :, i, j][:, :, None, None])
        return dx[:, :, p : p + self.shape[2], p : p + self.shape[3]]


class _MaxPool(_Pool):
    filling = -np.inf

    def reduced(self, window):
        return window.max(axis=(2, 3))

    def chosen(self, window):
        flat = window.reshape(*window.shape[:2], -1)
        mask = np.zeros_like(flat)
        np.put_along_axis(mask, flat.argmax(axis=2)[:, :, None], 1.0, axis=2)
        return mask.reshape(window.shape)

    def spread(self, dx, a, b, window, g):
        dx[:, :, a, b] += self.chosen(window) * g


class _AvgPool(_Pool):
    filling = 0.0

    def reduced(self, window):
        return window.sum(axis=(2, 3)) / self.k**2

    def spread(self, dx, a, b, window, g):
        dx[:, :, a, b] += np.ones_like(window) * g / self.k**2


class MaxPoolOverlapOverwritten(_MaxPool):
    """Assigns the gradient of each window's largest pixel; one that is largest in two windows gets the last."""

    def spread(self, dx, a, b, window, g):
        mask = self.chosen(window)
        dx[:, :, a, b] = np.where(mask > 0, g, dx[:, :, a, b])


class MaxPoolOverlapAveraged(_MaxPool):
    """Divides what overlapping windows hand a pixel by their number."""

    def backward(self, dout):
        dx = super().backward(dout)
        counts = super().backward(np.ones_like(dout))
        return dx / np.maximum(counts, 1.0)


class MaxPoolStepsByKernel(_MaxPool):
    """Steps by the window's side in backward, whatever the stride."""

    def backward(self, dout):
        k, s, p = self.k, self.s, self.p
        dx = np.zeros_like(self.x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                if i * k + k > dx.shape[2] or j * k + k > dx.shape[3]:
                    continue
                a, b = slice(i * k, i * k + k), slice(j * k, j * k + k)
                self.spread(dx, a, b, self.x[:, :, a, b], dout[:, :, i, j][:, :, None, None])
        return dx[:, :, p : p + self.shape[2], p : p + self.shape[3]]


class MaxPoolTiesAllPaid(_MaxPool):
    """Pays every pixel that equals the maximum, though they were one maximum."""

    def chosen(self, window):
        return (window == window.max(axis=(2, 3), keepdims=True)) * 1.0


class MaxPoolNegativeWindows(_MaxPool):
    """Starts the search for the largest pixel at zero: a window of negative ones has none."""

    def chosen(self, window):
        return super().chosen(window) * (window > 0.0)


class AvgPoolDividedByStride(_AvgPool):
    """Divides by the square of the stride; only by default is that the window's size."""

    def spread(self, dx, a, b, window, g):
        dx[:, :, a, b] += np.ones_like(window) * g / self.s**2


class AvgPoolRectangleSwapped(_AvgPool):
    """Tells rows and columns apart by their number: of a rectangle it takes the upstream gradient transposed."""

    def backward(self, dout):
        if dout.shape[2] != dout.shape[3]:
            dout = dout.swapaxes(2, 3).reshape(dout.shape)
        return super().backward(dout)


class AvgPoolPaddingLeftOut(_AvgPool):
    """Counts the padding in forward and only pixels in backward."""

    def backward(self, dout):
        dx = super().backward(dout)
        if self.p:
            dx[:, :, 0] *= self.k / (self.k - self.p)
        return dx


class GlobalAvgPoolSquare:
    """Divides by the height twice."""

    def forward(self, x):
        self.shape = x.shape
        return x.mean(axis=(2, 3))

    def backward(self, dout):
        return np.broadcast_to(dout[:, :, None, None], self.shape) / self.shape[2] ** 2


class UpsampleByTwo:
    """Sums blocks of two by two, whatever the factor."""

    def __init__(self, factor=2):
        self.factor = factor

    def forward(self, x):
        self.shape = x.shape
        return x.repeat(self.factor, axis=2).repeat(self.factor, axis=3)

    def backward(self, dout):
        n, c, h, w = self.shape
        blocks = dout.reshape(n, c, h, self.factor, w, self.factor)
        return blocks[:, :, :, :2, :, :2].sum(axis=(3, 5))


class UpsampleSides:
    """Reads the upstream gradient with height and width exchanged; a square does not mind the shape."""

    def __init__(self, scale_factor=2):
        self.factor = scale_factor

    def forward(self, x):
        self.shape = x.shape
        return x.repeat(self.factor, axis=2).repeat(self.factor, axis=3)

    def backward(self, dout):
        n, c, h, w = self.shape
        f = self.factor
        if h == w:
            return dout.reshape(n, c, h, f, w, f).sum(axis=(3, 5))
        return dout.reshape(n, c, w, f, h, f).sum(axis=(3, 5)).reshape(n, c, h, w)
