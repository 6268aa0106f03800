"""A convolution with a border of zeros; what is kept from one call to the next, and a shape."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "PaddedConvBiasUnsummed": {
        "check": "contract",
        "wrt": ["b"],
        "explanation": "shape",
        "oracles": [],
        "smallest": {},
    },
    "PaddedConvFirstImage": {
        "check": "protocol",
        "wrt": ["W"],
        "explanation": "stale_cache",
        "oracles": [],
        "smallest": {},
    },
    "PaddedConvReusesBorder": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "stale_buffer",
        "oracles": [],
        "smallest": {},
    },
}


class PaddedConv2d:
    """Right; the others differ in one method. Shapes: x (n, c, h, w), W (out, c, 3, 3)."""

    def __init__(self, in_channels=2, out_channels=2):
        self.W = np.random.randn(out_channels, in_channels, 3, 3) * 0.3
        self.b = np.zeros(out_channels)

    def places(self):
        return [(i, j) for i in range(3) for j in range(3)]

    def forward(self, x):
        n, c, h, w = x.shape
        self.x = x
        self.wide = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        y = np.zeros((n, len(self.W), h, w), dtype=x.dtype)
        for i, j in self.places():
            y += np.einsum("nchw,oc->nohw", self.wide[:, :, i : i + h, j : j + w], self.W[:, :, i, j])
        return y + self.b[:, None, None]

    def backward(self, dout):
        self.dW = self.weight(dout)
        self.db = self.bias(dout)
        return self.cropped(self.widened(dout))

    def weight(self, dout):
        n, o, h, w = dout.shape
        dW = np.zeros_like(self.W)
        for i, j in self.places():
            dW[:, :, i, j] = np.einsum("nchw,nohw->oc", self.wide[:, :, i : i + h, j : j + w], dout)
        return dW

    def bias(self, dout):
        return dout.sum(axis=(0, 2, 3))

    def widened(self, dout):
        n, o, h, w = dout.shape
        dwide = np.zeros_like(self.wide)
        for i, j in self.places():
            dwide[:, :, i : i + h, j : j + w] += np.einsum("nohw,oc->nchw", dout, self.W[:, :, i, j])
        return dwide

    def cropped(self, dwide):
        return dwide[:, :, 1:-1, 1:-1]


class PaddedConvBiasUnsummed(PaddedConv2d):
    """(n, out) for (out,): sums over the pixels only."""

    def bias(self, dout):
        return dout.sum(axis=(2, 3))


class PaddedConvFirstImage(PaddedConv2d):
    """Keeps the padded image of the first call of a shape for the weights."""

    def weight(self, dout):
        if getattr(self, "first", None) is None or self.first.shape != self.wide.shape:
            self.first = self.wide
        now, self.wide = self.wide, self.first
        dW = super().weight(dout)
        self.wide = now
        return dW


class PaddedConvReusesBorder(PaddedConv2d):
    """Adds to a padded work array that is zero in the first call."""

    def widened(self, dout):
        if getattr(self, "work", None) is None or self.work.shape != self.wide.shape:
            self.work = np.zeros_like(self.wide)
        self.work += super().widened(dout)
        return self.work.copy()
