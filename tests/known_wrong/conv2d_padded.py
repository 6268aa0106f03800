"""A convolution with a border of zeros; most mistakes are at the border."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "PaddedConvCropsOneSide": {"check": "gradient", "wrt": ["x"], "explanation": "boundary"},
    "PaddedConvBorderLost": {"check": "gradient", "wrt": ["x"], "explanation": "boundary"},
    "PaddedConvCornerLost": {"check": "gradient", "wrt": ["x"], "explanation": "one_entry"},
    "PaddedConvUnflipped": {"check": "gradient", "wrt": ["x"], "explanation": "flip"},
    "PaddedConvOverwrites": {"check": "gradient", "wrt": ["x"], "explanation": "missing_term"},
    "PaddedConvLastSample": {"check": "gradient", "wrt": ["W"], "explanation": "one_row"},
    "PaddedConvWeightFromUnpadded": {"check": "gradient", "wrt": ["W"], "explanation": "boundary"},
    "PaddedConvWeightFlipped": {"check": "gradient", "wrt": ["W"], "explanation": "flip"},
    "PaddedConvWeightLastRow": {"check": "gradient", "wrt": ["W"], "explanation": "one_row"},
    "PaddedConvBiasOfPixels": {"check": "gradient", "wrt": ["b"], "explanation": "one_row"},
    "PaddedConvBiasMean": {"check": "gradient", "wrt": ["b"], "explanation": "scale"},
    "PaddedConvBiasUnsummed": {"check": "contract", "wrt": ["b"], "explanation": "shape"},
    "PaddedConvFirstImage": {"check": "protocol", "wrt": ["W"], "explanation": "stale_cache"},
    "PaddedConvReusesBorder": {"check": "protocol", "wrt": ["x"], "explanation": "stale_buffer"},
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


class PaddedConvCropsOneSide(PaddedConv2d):
    """Takes the border off at the end only."""

    def cropped(self, dwide):
        return dwide[:, :, :-2, :-2]


class PaddedConvBorderLost(PaddedConv2d):
    """Leaves out the outermost pixels of the image, taking them for the border of zeros."""

    def cropped(self, dwide):
        dx = super().cropped(dwide).copy()
        dx[:, :, 0], dx[:, :, -1], dx[..., 0], dx[..., -1] = 0, 0, 0, 0
        return dx


class PaddedConvCornerLost(PaddedConv2d):
    """One pixel of them."""

    def cropped(self, dwide):
        dx = super().cropped(dwide).copy()
        dx[..., -1, -1] = 0
        return dx


class PaddedConvUnflipped(PaddedConv2d):
    """Slides the filter over the upstream gradient without turning it."""

    def widened(self, dout):
        straight, self.W = self.W, self.W[:, :, ::-1, ::-1]
        dwide = super().widened(dout)
        self.W = straight
        return dwide


class PaddedConvOverwrites(PaddedConv2d):
    """= for +=: where windows overlap the last one counts."""

    def widened(self, dout):
        n, o, h, w = dout.shape
        dwide = np.zeros_like(self.wide)
        for i, j in self.places():
            dwide[:, :, i : i + h, j : j + w] = np.einsum("nohw,oc->nchw", dout, self.W[:, :, i, j])
        return dwide


class PaddedConvLastSample(PaddedConv2d):
    """Assigns in a loop over the samples."""

    def weight(self, dout):
        wide = self.wide
        for one in range(len(dout)):
            self.wide = wide[one : one + 1]
            dW = super().weight(dout[one : one + 1])
        self.wide = wide
        return dW


class PaddedConvWeightFromUnpadded(PaddedConv2d):
    """Moves the image instead of the window, round the edge."""

    def weight(self, dout):
        dW = np.zeros_like(self.W)
        for i, j in self.places():
            moved = np.roll(self.x, (1 - i, 1 - j), axis=(2, 3))
            dW[:, :, i, j] = np.einsum("nchw,nohw->oc", moved, dout)
        return dW


class PaddedConvWeightFlipped(PaddedConv2d):
    """A convolution where forward is a correlation."""

    def weight(self, dout):
        return super().weight(dout)[:, :, ::-1, ::-1].copy()


class PaddedConvWeightLastRow(PaddedConv2d):
    """Ends its loop over the filter one row early."""

    def weight(self, dout):
        dW = super().weight(dout)
        dW[:, :, -1] = 0
        return dW


class PaddedConvBiasOfPixels(PaddedConv2d):
    """Sums over the pixels of one sample."""

    def bias(self, dout):
        return dout[0].sum(axis=(1, 2))


class PaddedConvBiasMean(PaddedConv2d):
    """A mean over the pixels, a sum over the batch."""

    def bias(self, dout):
        return dout.mean(axis=(2, 3)).sum(axis=0)


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
