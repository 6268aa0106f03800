"""Right layers that draw random numbers in forward and remember what they drew."""

# ruff: noqa: NPY002, FBT002 - written the way people write them

import numpy as np

LEDGER = {
    "InvertedDropout": {"may_be": ["passed"], "trap": "mask drawn in forward"},
    "DropoutWithFlag": {"may_be": ["passed"], "trap": "training flag with a default"},
    "DropoutNeedsFlag": {"may_be": ["passed"], "trap": "training flag without a default"},
    "DropoutOwnGenerator": {"may_be": ["passed"], "trap": "generator kept in the layer"},
    "GaussianNoise": {"may_be": ["passed"], "trap": "adds noise to the input"},
    "DropConnect": {"may_be": ["passed"], "trap": "mask over the weights"},
    "StochasticDepth": {"may_be": ["passed"], "trap": "a coin decides whether the branch is there"},
}


class InvertedDropout:
    def __init__(self, p=0.4):
        self.p = p

    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) >= self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class DropoutWithFlag:
    def __init__(self, dropout_ratio=0.5):
        self.dropout_ratio = dropout_ratio
        self.mask = None

    def forward(self, x, train_flg=True):
        if train_flg:
            self.mask = np.random.rand(*x.shape) > self.dropout_ratio
            return x * self.mask
        self.mask = 1.0 - self.dropout_ratio
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class DropoutNeedsFlag:
    def __init__(self, rate=0.3):
        self.rate = rate

    def forward(self, inputs, training):
        if not training:
            self.binary_mask = np.ones_like(inputs)
        else:
            keep = 1 - self.rate
            self.binary_mask = np.random.binomial(1, keep, size=inputs.shape) / keep
        return inputs * self.binary_mask

    def backward(self, dvalues):
        return dvalues * self.binary_mask


class DropoutOwnGenerator:
    def __init__(self, p=0.25, seed=7):
        self.p = p
        self.rng = np.random.default_rng(seed)

    def forward(self, x):
        self.mask = (self.rng.random(x.shape) >= self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class GaussianNoise:
    def __init__(self, sigma=0.1):
        self.sigma = sigma

    def forward(self, x):
        self.z = x + self.sigma * np.random.standard_normal(x.shape)
        return np.tanh(self.z)

    def backward(self, dout):
        return dout * (1 - np.tanh(self.z) ** 2)


class DropConnect:
    def __init__(self, in_features, out_features, p=0.3):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.p = p

    def forward(self, x):
        self.x = x
        self.mask = (np.random.rand(*self.W.shape) >= self.p) / (1 - self.p)
        return x @ (self.W * self.mask) + self.b

    def backward(self, dout):
        self.dW = (self.x.T @ dout) * self.mask
        self.db = dout.sum(axis=0)
        return dout @ (self.W * self.mask).T


class StochasticDepth:
    def __init__(self, hidden_size, p=0.5):
        self.W = np.random.randn(hidden_size, hidden_size) * 0.3
        self.p = p

    def forward(self, x):
        self.x = x
        self.gate = (np.random.rand(x.shape[0], 1) >= self.p) / (1 - self.p)
        self.t = np.tanh(x @ self.W)
        return x + self.gate * self.t

    def backward(self, dout):
        dz = dout * self.gate * (1 - self.t**2)
        self.dW = self.x.T @ dz
        return dout + dz @ self.W.T
