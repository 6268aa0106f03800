"""Right layers that keep work arrays, caches and copies of things, and dropout in several forms."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "WorkArrayCopiedOut": {"may_be": ["passed"], "trap": "one work array per shape, a copy of it is returned"},
    "GradientsWrittenInPlace": {"may_be": ["passed"], "trap": "dW is one array for ever, overwritten in every step"},
    "CachePerCall": {"may_be": ["passed"], "trap": "a stack of inputs, gradients added up until they are cleared"},
    "TableInTheClass": {"may_be": ["passed"], "trap": "all instances share an array that nobody writes"},
    "KeptPerShape": {"may_be": ["passed"], "trap": "a dictionary of arrays by shape, which hold no values of a call"},
    "CopiesUpstream": {"may_be": ["passed"], "trap": "works in place on a copy of the upstream gradient"},
    "AnyMemoryOrder": {"may_be": ["passed"], "trap": "goes through memory as it lies, in both arrays alike"},
    "StableEverywhere": {"may_be": ["passed"], "trap": "log(1 + e^x) without an overflow in either direction"},
    "DropoutTwoModes": {"may_be": ["passed"], "trap": "the identity in evaluation"},
    "DropoutOfChannels": {"may_be": ["passed"], "trap": "one number for a whole channel"},
    "DropoutByChoice": {"may_be": ["passed"], "trap": "the mask is drawn by np.random.choice"},
    "DropoutWithoutScale": {"may_be": ["passed"], "trap": "scaled in evaluation instead of in training"},
}


class WorkArrayCopiedOut:
    def forward(self, x):
        if getattr(self, "work", None) is None or self.work.shape != x.shape or self.work.dtype != x.dtype:
            self.work = np.empty_like(x)
        np.tanh(x, out=self.work)
        return self.work.copy()

    def backward(self, dy):
        return dy * (1 - self.work**2)


class GradientsWrittenInPlace:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.4
        self.dW = np.empty_like(self.W)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dy):
        self.dW[...] = self.x.T @ dy
        return dy @ self.W.T


class CachePerCall:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.4
        self.calls = []
        self.zero_grad()

    def zero_grad(self):
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        self.calls.append(x)
        return x @ self.W

    def backward(self, dy):
        self.dW += self.calls.pop().T @ dy
        return dy @ self.W.T


class TableInTheClass:
    table = np.linspace(0.5, 2.0, 64)

    def forward(self, x):
        n, d = x.shape
        return x * self.table[:d]

    def backward(self, dy):
        return dy * self.table[: dy.shape[1]]


class KeptPerShape:
    def __init__(self):
        self.signs = {}

    def sign(self, shape):
        if shape not in self.signs:
            self.signs[shape] = np.where(np.indices(shape).sum(axis=0) % 2, -1.0, 1.0)
        return self.signs[shape]

    def forward(self, x):
        return x * self.sign(x.shape)

    def backward(self, dy):
        return dy * self.sign(dy.shape)


class CopiesUpstream:
    def forward(self, x):
        self.negative = x < 0
        return np.where(self.negative, 0.1 * x, x)

    def backward(self, dy):
        dx = np.array(dy)
        dx[self.negative] *= 0.1
        return dx


class AnyMemoryOrder:
    def forward(self, x):
        self.x = np.array(x, order="C")
        return self.x**3

    def backward(self, dy):
        flat = np.ascontiguousarray(dy).ravel(order="K")
        return (3 * self.x.ravel(order="K") ** 2 * flat).reshape(dy.shape)


class StableEverywhere:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))

    def backward(self, dy):
        e = np.exp(-np.abs(self.x))
        return dy * np.where(self.x >= 0, 1 / (1 + e), e / (1 + e))


class DropoutTwoModes:
    def __init__(self, p=0.3):
        self.p, self.training = p, True

    def draw(self, x):
        return (np.random.rand(*x.shape) > self.p) / (1 - self.p)

    def forward(self, x):
        self.mask = self.draw(x) if self.training else 1.0
        return x * self.mask

    def backward(self, dy):
        return dy * self.mask


class DropoutOfChannels(DropoutTwoModes):
    def draw(self, x):
        n, c, h, w = x.shape
        return (np.random.rand(n, c, 1, 1) > self.p) / (1 - self.p)


class DropoutByChoice(DropoutTwoModes):
    def draw(self, x):
        return np.random.choice([0.0, 1 / (1 - self.p)], size=x.shape, p=[self.p, 1 - self.p])


class DropoutWithoutScale(DropoutTwoModes):
    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) > self.p) * 1.0 if self.training else 1 - self.p
        return x * self.mask
