"""Layers that are handed layers, halves and whole numbers: right, for whoever makes them as they are meant."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "Chain": {"may_be": ["passed"], "trap": "two chains are two only when each is handed layers of its own"},
    "ChainOfList": {"may_be": ["passed"], "trap": "the same with a list of layers"},
    "Around": {"may_be": ["passed"], "trap": "one layer is handed over and added to what goes past it"},
    "Bottleneck": {"may_be": ["passed"], "trap": "half of one feature is none, and -1 is no size beside it"},
    "Enlarged": {"may_be": ["passed"], "trap": "a scale that is a whole number repeats and does not multiply"},
}


class Affine:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y**2)


class Chain:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


class ChainOfList:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in self.layers[::-1]:
            dout = layer.backward(dout)
        return dout


class Around:
    def __init__(self, layer):
        self.layer = layer

    def forward(self, x):
        return x + self.layer.forward(x)

    def backward(self, dout):
        return dout + self.layer.backward(dout)


class Bottleneck:
    def __init__(self, features=8):
        narrow = features // 2
        self.A = np.random.randn(features, narrow) * 0.3
        self.B = np.random.randn(narrow, features) * 0.3

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.A)
        return self.h @ self.B

    def backward(self, dout):
        flat, hidden = dout.reshape(-1, dout.shape[-1]), self.h.reshape(-1, self.h.shape[-1])
        self.dB = hidden.T @ flat
        inner = flat @ self.B.T * (1 - hidden**2)
        self.dA = self.x.reshape(-1, self.x.shape[-1]).T @ inner
        return (inner @ self.A.T).reshape(self.x.shape)


class Enlarged:
    def __init__(self, scale=2):
        self.scale = scale

    def forward(self, x):
        return x.repeat(self.scale, axis=2).repeat(self.scale, axis=3)

    def backward(self, dout):
        n, c, h, w = dout.shape
        k = self.scale
        return dout.reshape(n, c, h // k, k, w // k, k).sum(axis=(3, 5))
