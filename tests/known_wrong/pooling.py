"""Pooling of images, the largest or the mean of each window."""

import numpy as np

LEDGER = {
    "MaxPoolEveryEntry": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask",
        "diagnosis": ["passed_over"],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-12, "finite_difference": 1e-08, "reference": 1e-12},
    },
    "MaxPoolFirstEntry": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "MaxPoolSpreadEvenly": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "MaxPoolLastWindow": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "boundary",
        "diagnosis": ["region", "left_out"],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "MaxPoolTransposedWindow": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "transpose",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "MaxPoolLastChannel": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_row",
        "diagnosis": ["region", "left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "MaxPoolFirstSample": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_row",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "MaxPoolSmallest": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "sign",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "MaxPoolFirstMask": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "stale_cache",
        "oracles": [],
        "smallest": {},
    },
    "MaxPoolAddsToItsBuffer": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "stale_buffer",
        "oracles": [],
        "smallest": {},
    },
    "MaxPoolTransposedMemory": {
        "check": "protocol",
        "wrt": ["x"],
        "also": ["shapes"],
        "explanation": "memory_order",
        "oracles": [],
        "smallest": {},
    },
    "AvgPoolSumOfWindow": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-12, "finite_difference": 1e-08, "reference": 1e-12},
    },
    "AvgPoolOneSide": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "AvgPoolCorner": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_entry",
        "diagnosis": ["region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-06, "reference": 1e-10},
    },
    "AvgPoolTopLeft": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["region"],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "AvgPoolReusesOutput": {
        "check": "protocol",
        "wrt": [],
        "explanation": "stale_buffer",
        "oracles": [],
        "smallest": {},
    },
}


class Windows:
    """Right parts: windows of two by two that do not overlap, as an array (n, c, h, 2, w, 2)."""

    def __init__(self, kernel_size=2):
        self.k = kernel_size

    def windows(self, x):
        n, c, h, w = x.shape
        return x.reshape(n, c, h // self.k, self.k, w // self.k, self.k)


class MaxPool2d(Windows):
    """Right; ties share the gradient."""

    def forward(self, x):
        self.x = x
        y = self.windows(x).max(axis=(3, 5))
        self.mask = self.masked(y)
        return y

    def masked(self, y):
        mask = self.windows(self.x) == y[:, :, :, None, :, None]
        return mask / mask.sum(axis=(3, 5), keepdims=True)

    def backward(self, dout):
        return (self.mask * dout[:, :, :, None, :, None]).reshape(self.x.shape)


class MaxPoolEveryEntry(MaxPool2d):
    """Hands the gradient to the whole window."""

    def masked(self, y):
        return np.ones_like(self.windows(self.x))


class MaxPoolFirstEntry(MaxPool2d):
    """Hands it to the first entry of the window."""

    def masked(self, y):
        mask = np.zeros_like(self.windows(self.x))
        mask[:, :, :, 0, :, 0] = 1
        return mask


class MaxPoolSpreadEvenly(MaxPool2d):
    """The backward of the mean."""

    def masked(self, y):
        return np.ones_like(self.windows(self.x)) / self.k**2


class MaxPoolLastWindow(MaxPool2d):
    """Loops over one window less than there are."""

    def masked(self, y):
        mask = super().masked(y)
        mask[:, :, -1, :, -1, :] = 0
        return mask


class MaxPoolTransposedWindow(MaxPool2d):
    """Exchanges the rows and columns within a window."""

    def masked(self, y):
        return super().masked(y).swapaxes(3, 5)


class MaxPoolLastChannel(MaxPool2d):
    """Forgets the last channel."""

    def masked(self, y):
        mask = super().masked(y)
        mask[:, -1] = 0
        return mask


class MaxPoolFirstSample(MaxPool2d):
    """Takes the positions of the first sample for all."""

    def masked(self, y):
        mask = super().masked(y)
        return np.broadcast_to(mask[:1], mask.shape).copy()


class MaxPoolSmallest(MaxPool2d):
    """Compares the wrong way round."""

    def masked(self, y):
        windows = self.windows(self.x)
        return (windows == windows.min(axis=(3, 5), keepdims=True)).astype(float)


class MaxPoolFirstMask(MaxPool2d):
    """Keeps the first mask as long as the shape stays."""

    def masked(self, y):
        kept = getattr(self, "mask", None)
        return kept if kept is not None and kept.shape == self.windows(self.x).shape else super().masked(y)


class MaxPoolAddsToItsBuffer(MaxPool2d):
    """Allocates its gradient once per shape and adds to it."""

    def backward(self, dout):
        if getattr(self, "dx", None) is None or self.dx.shape != self.x.shape:
            self.dx = np.zeros(self.x.shape)
        self.dx += super().backward(dout)
        return self.dx.copy()


class MaxPoolTransposedMemory(MaxPool2d):
    """Reads the upstream gradient as it lies in memory."""

    def backward(self, dout):
        return super().backward(np.frombuffer(dout.tobytes(order="A"), dout.dtype).reshape(dout.shape))


class AvgPool2d(Windows):
    """Right."""

    def forward(self, x):
        self.x = x
        return self.windows(x).mean(axis=(3, 5))

    def share(self):
        return 1.0 / self.k**2

    def backward(self, dout):
        wide = np.ones_like(self.windows(self.x)) * dout[:, :, :, None, :, None]
        return (wide * self.share()).reshape(self.x.shape)


class AvgPoolSumOfWindow(AvgPool2d):
    """The division is in forward only."""

    def share(self):
        return 1.0


class AvgPoolOneSide(AvgPool2d):
    """Divides by the side of the window instead of its area."""

    def share(self):
        return 1.0 / self.k


class AvgPoolCorner(AvgPool2d):
    """Loses the very first pixel."""

    def backward(self, dout):
        dx = super().backward(dout)
        dx[0, 0, 0, 0] = 0
        return dx


class AvgPoolTopLeft(AvgPool2d):
    """Writes one pixel of each window."""

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        dx[:, :, :: self.k, :: self.k] = dout * self.share()
        return dx


class AvgPoolReusesOutput(AvgPool2d):
    """Returns its own output array, which the next call overwrites."""

    def forward(self, x):
        y = super().forward(x)
        if getattr(self, "out", None) is None or self.out.shape != y.shape or self.out.dtype != y.dtype:
            self.out = np.empty_like(y)
        self.out[...] = y
        return self.out
