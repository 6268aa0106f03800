"""Right layers that keep views of their weights: one gradient, seen under two names."""
# ruff: noqa: NPY002

import numpy as np

LEDGER = {
    "TransposeKept": {"may_be": ["passed"], "trap": "forward reads a view of W made once"},
    "FlatWeightsKept": {"may_be": ["passed"], "trap": "W is another shape of an array that is held as well"},
    "LazyWithTransposeInCache": {"may_be": ["passed"], "trap": "forward makes W, and a view of it in every call"},
    "LazyHalvesFloat32": {"may_be": ["passed"], "trap": "forward cuts a float32 W into attributes in every call"},
    "GatesCutOut": {"may_be": ["passed"], "trap": "gates cut out of W in every call, each with a gradient of its own"},
}


class TransposeKept:
    """Keeps W the way it is trained and W.T the way it is used."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)
        self.WT = self.W.T
        self.b = np.zeros((out_features, 1))

    def forward(self, x):
        self.x = x
        return (self.WT @ x.T + self.b).T

    def backward(self, dy):
        self.dW = self.x.T @ dy
        self.db = dy.sum(axis=0)[:, None]
        return dy @ self.WT


class FlatWeightsKept:
    """Weights in one row for saving, and in the shape they are used in."""

    def __init__(self, in_features, out_features):
        self.saved = np.random.randn(in_features * out_features)
        self.W = self.saved.reshape(in_features, out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dy):
        self.dW = self.x.T @ dy
        return dy @ self.W.T


class LazyWithTransposeInCache:
    """Makes its weights when it sees the first batch and keeps what backward needs in a tuple."""

    def __init__(self, out_features):
        self.out_features, self.params = out_features, {}

    def forward(self, x):
        if not self.params:
            self.params["w"] = np.random.randn(x.shape[1], self.out_features)
            self.params["b"] = np.zeros(self.out_features)
        self.cache = (x, self.params["w"].T)
        return x @ self.params["w"] + self.params["b"]

    def backward(self, dy):
        x, turned = self.cache
        self.grads = {"w": x.T @ dy, "b": dy.sum(axis=0)}
        return dy @ turned


class LazyHalvesFloat32:
    """A dense layer of two halves of the features, in float32."""

    def __init__(self, out_features):
        self.out_features, self.W = out_features, None

    def forward(self, x):
        if self.W is None:
            self.W = np.random.randn(x.shape[1], self.out_features).astype(np.float32)
        half = x.shape[1] // 2
        self.x = x
        self.upper, self.lower = self.W[:half], self.W[half:]
        return x[:, :half] @ self.upper + x[:, half:] @ self.lower

    def backward(self, dy):
        self.dW = self.x.T @ dy
        return np.concatenate([dy @ self.upper.T, dy @ self.lower.T], axis=1)


class GatesCutOut:
    """tanh(x Wa) * sigmoid(x Wb), both weights in one float32 matrix, cut out again by every forward."""

    def __init__(self, in_features, out_features):
        self.n = out_features
        self.W = np.random.randn(in_features, 2 * out_features).astype(np.float32)
        self.forward(np.zeros((1, in_features)))

    def forward(self, x):
        self.x = x
        self.Wa, self.Wb = self.W[:, : self.n], self.W[:, self.n :]
        self.a, self.g = np.tanh(x @ self.Wa), 1.0 / (1.0 + np.exp(-(x @ self.Wb)))
        return self.a * self.g

    def backward(self, dy):
        da, dg = dy * self.g * (1.0 - self.a**2), dy * self.a * self.g * (1.0 - self.g)
        self.dWa, self.dWb = self.x.T @ da, self.x.T @ dg
        self.dW = np.concatenate([self.dWa, self.dWb], axis=1)
        return da @ self.Wa.T + dg @ self.Wb.T
