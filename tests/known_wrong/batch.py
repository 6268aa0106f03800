"""Layers that are right for a batch of four and wrong for one of another size."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "SoftmaxOfOneRow": {"check": "batch", "wrt": ["x"], "also": ["shapes"], "explanation": "missing_term", "oracles": [], "smallest": {}},
    "DenseTwoRowsAtATime": {"check": "batch", "wrt": ["W"], "also": ["shapes"], "explanation": "one_row", "oracles": [], "smallest": {}},
    "TanhSqueezed": {"check": "batch", "wrt": ["x"], "also": ["shapes"], "explanation": "missing_term", "oracles": [], "smallest": {}},
    "BilinearChunks": {"check": "batch", "wrt": ["W"], "also": ["shapes"], "explanation": "one_row", "oracles": [], "smallest": {}},
    "MeanSquareForOne": {"check": "batch", "wrt": ["y_pred"], "also": ["shapes"], "explanation": "scale", "oracles": [], "smallest": {}},
}


class SoftmaxOfOneRow:
    """Takes a shortcut for a single row and forgets the off-diagonal of the Jacobian in it."""

    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p.copy()

    def backward(self, dout):
        if dout.shape[0] == 1:
            return dout * self.p * (1 - self.p)
        return self.p * (dout - np.sum(dout * self.p, axis=1, keepdims=True))


class DenseTwoRowsAtATime:
    """Sums the outer products two rows at a time and leaves an odd one out."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        for i in range(0, dout.shape[0] - 1, 2):
            self.dW += self.x[i : i + 2].T @ dout[i : i + 2]
        return dout @ self.W.T


class TanhSqueezed:
    """Squeezes a batch of one and multiplies by the derivative at the mean then."""

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y.copy()

    def backward(self, dout):
        slope = np.squeeze(1 - self.y**2)
        if slope.ndim == self.y.ndim - 1:
            slope = slope.mean()
        return dout * slope


class BilinearChunks:
    """Splits the batch into halves of equal size, rounding down."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3

    def forward(self, x):
        self.x = x
        return np.sin(x @ self.W)

    def backward(self, dout):
        dz = dout * np.cos(self.x @ self.W)
        half = dout.shape[0] // 2
        self.dW = self.x[:half].T @ dz[:half] + self.x[half : 2 * half].T @ dz[half : 2 * half]
        return dz @ self.W.T


class MeanSquareForOne:
    """Divides by the number of rows less one where there are more, for a spread instead of a mean."""

    def forward(self, y_pred, y_true):
        self.y_pred, self.y_true = y_pred, y_true
        return np.mean((y_pred - y_true) ** 2)

    def backward(self):
        rows = max(self.y_pred.shape[0], 2)
        return 2 * (self.y_pred - self.y_true) / (rows * self.y_pred.shape[1])
