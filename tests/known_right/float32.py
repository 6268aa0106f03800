"""Right layers that are less exact in float32, in some of their settings more than in others."""

import numpy as np

LEDGER = {
    "NormBySquares": {"may_be": ["passed"], "trap": "a variance as a difference of squares, in one of two settings"},
    "AccumulatesInFloat64": {"may_be": ["passed"], "trap": "backward goes through float64 in one setting"},
    "TightThreshold": {"may_be": ["passed"], "trap": "a threshold that inputs near it cross when they are rounded"},
}


class NormBySquares:
    def __init__(self, features, stable=True, eps=1e-3):
        self.stable, self.eps = stable, eps

    def forward(self, x):
        mean = x.mean(axis=-1, keepdims=True)
        if self.stable:
            variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
        else:
            variance = (x**2).mean(axis=-1, keepdims=True) - mean**2
        self.inverse = 1.0 / np.sqrt(variance + self.eps)
        self.hat = (x - mean) * self.inverse
        return self.hat

    def backward(self, dout):
        inner = dout - dout.mean(axis=-1, keepdims=True)
        return self.inverse * (inner - self.hat * (dout * self.hat).mean(axis=-1, keepdims=True))


class AccumulatesInFloat64:
    def __init__(self, features, exact=False):
        self.exact = exact
        self.w = np.linspace(0.5, 1.5, features)

    def forward(self, x):
        self.x = x
        return x * self.w

    def backward(self, dout):
        product = dout * self.x
        self.dw = product.astype(np.float64).sum(axis=0).astype(dout.dtype) if self.exact else product.sum(axis=0)
        return dout * self.w


class TightThreshold:
    def __init__(self, margin=1e-6, both=True):
        self.margin, self.both = margin, both

    def forward(self, x):
        self.x = x
        self.mask = np.abs(x) > self.margin if self.both else x > self.margin
        return np.where(self.mask, x * x, 0.0)

    def backward(self, dout):
        return np.where(self.mask, 2.0 * dout * self.x, 0.0)
