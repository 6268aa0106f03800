"""Normalisation by rows, groups, batches and channels, in both modes."""

import numpy as np

LEDGER = {
    "RMSNormByProjection": {"may_be": ["passed"], "trap": "the second term is a projection"},
    "RMSNormRecomputed": {"may_be": ["passed"], "trap": "backward computes the roots again"},
    "LayerNormOfTwoAxes": {"may_be": ["passed"], "trap": "statistics of the last two axes"},
    "LayerNormByMatrix": {"may_be": ["passed"], "trap": "centring is a product with a matrix"},
    "GroupNormOfPairs": {"may_be": ["passed"], "trap": "two groups of features"},
    "InstanceNorm": {"may_be": ["passed"], "trap": "every channel of every sample by itself"},
    "BatchNormTwoModes": {"may_be": ["passed"], "trap": "the formula of each mode"},
    "BatchNormWithoutScale": {"may_be": ["passed"], "trap": "no parameters at all"},
    "BatchNormCentredTwice": {"may_be": ["passed"], "trap": "the long form, variance and mean one after the other"},
    "BatchNormChannelsLast": {"may_be": ["passed"], "trap": "the channels are the last axis"},
    "BatchNormOfImages": {"may_be": ["passed"], "trap": "the channels are the second axis"},
    "Whitened": {"may_be": ["passed"], "trap": "only the scale of the batch is taken out"},
}


class RMSNormByProjection:
    def __init__(self, dim=5):
        self.g = np.ones(dim)

    def forward(self, x):
        self.n = np.linalg.norm(x, axis=-1, keepdims=True)
        self.u = x / self.n
        self.root = x.shape[-1] ** 0.5
        return self.g * self.u * self.root

    def backward(self, dy):
        self.dg = np.einsum("nd,nd->d", dy, self.u) * self.root
        d = dy * self.g * self.root
        return (d - self.u * np.einsum("nd,nd->n", d, self.u)[:, None]) / self.n


class RMSNormRecomputed(RMSNormByProjection):
    def forward(self, x):
        self.x = x.copy()
        return super().forward(x)

    def backward(self, dy):
        super().forward(self.x)
        return super().backward(dy)


class LayerNormOfTwoAxes:
    def __init__(self):
        self.eps = 1e-5

    def forward(self, x):
        n, t, d = x.shape
        mean = x.mean(axis=(1, 2), keepdims=True)
        self.s = np.sqrt(x.var(axis=(1, 2), keepdims=True) + self.eps)
        self.xhat = (x - mean) / self.s
        return self.xhat.copy()

    def backward(self, dy):
        one = dy.mean(axis=(1, 2), keepdims=True)
        two = (dy * self.xhat).mean(axis=(1, 2), keepdims=True)
        return (dy - one - self.xhat * two) / self.s


class LayerNormByMatrix:
    def __init__(self, dim=4):
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.centre = np.eye(dim) - 1 / dim

    def forward(self, x):
        self.c = x @ self.centre
        self.s = np.sqrt((self.c**2).mean(axis=-1, keepdims=True) + 1e-6)
        return self.gamma * self.c / self.s + self.beta

    def backward(self, dy):
        self.dgamma, self.dbeta = (dy * self.c / self.s).sum(axis=0), dy.sum(axis=0)
        d = dy * self.gamma
        dc = d / self.s - self.c * (d * self.c).mean(axis=-1, keepdims=True) / self.s**3
        return dc @ self.centre.T


class GroupNormOfPairs:
    def __init__(self, dim=4):
        self.gamma = np.ones(dim)

    def forward(self, x):
        n, d = x.shape
        g = x.reshape(n, 2, d // 2)
        self.s = np.sqrt(g.var(axis=2, keepdims=True) + 1e-3)
        self.xhat = (g - g.mean(axis=2, keepdims=True)) / self.s
        return self.gamma * self.xhat.reshape(n, d)

    def backward(self, dy):
        n, d = dy.shape
        self.dgamma = (dy * self.xhat.reshape(n, d)).sum(axis=0)
        g = (dy * self.gamma).reshape(n, 2, d // 2)
        g = g - g.mean(axis=2, keepdims=True) - self.xhat * (g * self.xhat).mean(axis=2, keepdims=True)
        return (g / self.s).reshape(n, d)


class InstanceNorm:
    def __init__(self, eps=1e-4):
        self.eps = eps

    def forward(self, x):
        n, c, h, w = x.shape
        self.s = np.sqrt(x.var(axis=(2, 3), keepdims=True) + self.eps)
        self.xhat = (x - x.mean(axis=(2, 3), keepdims=True)) / self.s
        return self.xhat + 0.0

    def backward(self, dy):
        one = dy.mean(axis=(2, 3), keepdims=True)
        return (dy - one - self.xhat * (dy * self.xhat).mean(axis=(2, 3), keepdims=True)) / self.s


class BatchNormTwoModes:
    axes, shape = (0,), (1, -1)

    def __init__(self, num_features=3):
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        self.mean, self.var = np.zeros(num_features), np.ones(num_features)
        self.training = True

    def forward(self, x):
        mean, var = self.mean, self.var
        if self.training:
            mean, var = x.mean(axis=self.axes), x.var(axis=self.axes)
            self.mean = 0.9 * self.mean + 0.1 * mean
            self.var = 0.9 * self.var + 0.1 * var * (x.size / mean.size) / (x.size / mean.size - 1)
        self.s = np.sqrt(var + 1e-5).reshape(self.shape)
        self.xhat = (x - mean.reshape(self.shape)) / self.s
        return self.gamma.reshape(self.shape) * self.xhat + self.beta.reshape(self.shape)

    def backward(self, dy):
        self.dgamma, self.dbeta = (dy * self.xhat).sum(axis=self.axes), dy.sum(axis=self.axes)
        d = dy * self.gamma.reshape(self.shape)
        if self.training:
            d = d - d.mean(axis=self.axes, keepdims=True) - self.xhat * (d * self.xhat).mean(axis=self.axes, keepdims=True)
        return d / self.s


class BatchNormOfImages(BatchNormTwoModes):
    axes, shape = (0, 2, 3), (1, -1, 1, 1)

    def __init__(self, num_channels=3):
        super().__init__(num_channels)

    def forward(self, x):
        n, c, h, w = x.shape
        return super().forward(x)


class BatchNormChannelsLast(BatchNormTwoModes):
    axes, shape = (0, 1, 2), (1, 1, 1, -1)

    def forward(self, x):
        n, h, w, c = x.shape
        return super().forward(x)


class BatchNormWithoutScale:
    def forward(self, x):
        n, d = x.shape
        self.s = np.sqrt(x.var(axis=0) + 1e-5)
        self.xhat = (x - x.mean(axis=0)) / self.s
        return self.xhat.copy()

    def backward(self, dy):
        return (dy - dy.mean(axis=0) - self.xhat * (dy * self.xhat).mean(axis=0)) / self.s


class BatchNormCentredTwice:
    def forward(self, x):
        n, d = x.shape
        self.c = x - x.mean(axis=0)
        self.v = (self.c**2).mean(axis=0) + 1e-5
        return self.c / np.sqrt(self.v)

    def backward(self, dy):
        n = len(dy)
        dv = (dy * self.c).sum(axis=0) * -0.5 * self.v**-1.5
        dc = dy / np.sqrt(self.v) + dv * 2 * self.c / n
        return dc - dc.sum(axis=0) / n


class Whitened:
    def forward(self, x):
        n, d = x.shape
        self.x, self.r = x, np.sqrt((x**2).mean(axis=0) + 1e-6)
        return x / self.r

    def backward(self, dy):
        return dy / self.r - self.x * (dy * self.x).mean(axis=0) / self.r**3
