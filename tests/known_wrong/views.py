"""Layers that keep views of their weights and get the gradient of the weights wrong."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "LazyKernelAsColumns": {
        "check": "gradient",
        "wrt": ["params['w']"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "TransposeKeptHalved": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "CutFromOneMatrix": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "missing_term",
        "diagnosis": ["region", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-07}
    },
}


class LazyKernelAsColumns:
    """Patches of a signal times the kernel as a matrix, kept in the cache; dw has the half of a squared error."""

    def __init__(self, out_channels, kernel_size):
        self.out_channels, self.kernel_size, self.params = out_channels, kernel_size, {}

    def forward(self, x):
        k = self.kernel_size
        if not self.params:
            self.params["w"] = np.random.randn(self.out_channels, x.shape[1], k)
        w = self.params["w"].reshape(self.out_channels, -1)
        columns = np.stack([x[:, :, i : i + k].reshape(len(x), -1) for i in range(x.shape[2] - k + 1)], axis=2)
        self.cache = {"x": x, "columns": columns, "w": w}
        return np.einsum("ok,nkt->not", w, columns)

    def backward(self, dy):
        x, columns, w = self.cache["x"], self.cache["columns"], self.cache["w"]
        self.grads = {"w": 0.5 * np.einsum("not,nkt->ok", dy, columns).reshape(self.params["w"].shape)}
        dx = np.zeros_like(x)
        patches = np.einsum("ok,not->nkt", w, dy).reshape(len(x), x.shape[1], self.kernel_size, -1)
        for i in range(dy.shape[2]):
            dx[:, :, i : i + self.kernel_size] += patches[..., i]
        return dx


class TransposeKeptHalved:
    """Took the half of the squared error into the layer."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)
        self.WT = self.W.T

    def forward(self, x):
        self.x = x
        return (self.WT @ x.T).T

    def backward(self, dy):
        self.dW = 0.5 * self.x.T @ dy
        return dy @ self.WT


class CutFromOneMatrix:
    """Forgot the second of two weights that forward cuts out of one matrix."""

    def __init__(self, out_features):
        self.n, self.W = out_features, None

    def forward(self, x):
        if self.W is None:
            self.W = np.random.randn(x.shape[1], 2 * self.n)
        self.x = x
        self.left, self.right = self.W[:, : self.n], self.W[:, self.n :]
        self.gate = np.tanh(x @ self.right)
        return (x @ self.left) * self.gate

    def backward(self, dy):
        d_left, d_right = dy * self.gate, dy * (self.x @ self.left) * (1.0 - self.gate**2)
        self.dW = np.concatenate([self.x.T @ d_left, np.zeros_like(self.right)], axis=1)
        return d_left @ self.left.T + d_right @ self.right.T
