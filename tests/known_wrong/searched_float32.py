"""Layers that are right in float64 however they are built, and in float32 as they are built by default."""

import numpy as np

LEDGER = {
    "RowNormUncentredRounded": {"check": "shapes", "wrt": ["x"], "explanation": "downcast", "oracles": [], "smallest": {}},
    "PoolRowsTruncated": {"check": "shapes", "wrt": ["x"], "explanation": "downcast", "oracles": [], "smallest": {}},
}


class RowNormUncentredRounded:
    """The variant without a centre was tuned for fixed point, and its steps of a 64th were left for float32."""

    def __init__(self, features, centred=True, eps=1e-5):
        self.centred, self.eps = centred, eps

    def forward(self, x):
        mean = x.mean(axis=-1, keepdims=True) if self.centred else 0.0
        self.inverse = 1.0 / np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True) + self.eps)
        self.hat = (x - mean) * self.inverse
        return self.hat

    def backward(self, dout):
        g = dout - self.hat * (dout * self.hat).mean(axis=-1, keepdims=True)
        if self.centred:
            return self.inverse * (g - dout.mean(axis=-1, keepdims=True))
        if dout.dtype == np.float32:
            g = np.round(g * 64.0) / 64.0
        return self.inverse * g


class PoolRowsTruncated:
    """Means of windows; where windows are wide, float32 is sent through fixed point to save memory."""

    def __init__(self, kernel_size=2):
        self.k = kernel_size

    def forward(self, x):
        self.shape = x.shape
        n = x.shape[1] // self.k
        return x[:, : n * self.k].reshape(len(x), n, self.k).mean(axis=2)

    def backward(self, dout):
        dx = np.zeros(self.shape, dtype=dout.dtype)
        share = np.repeat(dout, self.k, axis=1) / self.k
        if self.k != 2 and dout.dtype == np.float32:
            share = np.round(share * 128.0) / 128.0
        dx[:, : share.shape[1]] = share
        return dx
