"""Layers that are right in float64 and at moderate values only."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "SigmoidByExponentials": {"check": "precision", "wrt": ["x"], "explanation": "overflow", "oracles": [], "smallest": {}},
    "TanhByExponentials": {"check": "precision", "wrt": ["x"], "explanation": "overflow", "oracles": [], "smallest": {}},
    "SoftmaxWithoutShift": {"check": "precision", "wrt": ["x"], "explanation": "overflow", "oracles": [], "smallest": {}},
    "SquareKeptCoarsely": {"check": "precision", "wrt": ["x"], "explanation": "downcast", "oracles": [], "smallest": {}},
    "DenseQuantisedGradient": {"check": "precision", "wrt": ["W"], "explanation": "downcast", "oracles": [], "smallest": {}},
}


class SigmoidByExponentials:
    """Writes the derivative as e^-x / (1 + e^-x)^2, which is inf / inf for large negative x."""

    def forward(self, x):
        self.x = x
        return 1 / (1 + np.exp(-x))

    def backward(self, dout):
        e = np.exp(-self.x)
        return dout * e / (1 + e) ** 2


class TanhByExponentials:
    """Takes np.tanh in forward and the quotient of exponentials in backward."""

    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, dout):
        up, down = np.exp(self.x), np.exp(-self.x)
        return dout * (1 - ((up - down) / (up + down)) ** 2)


class SoftmaxWithoutShift:
    """Shifts by the maximum in forward and computes the probabilities again in backward, without."""

    def forward(self, x):
        self.x = x
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, dout):
        e = np.exp(self.x)
        p = e / e.sum(axis=1, keepdims=True)
        return p * (dout - np.sum(dout * p, axis=1, keepdims=True))


class SquareKeptCoarsely:
    """Keeps its cache in a sixteenth where memory is short, that is for float32."""

    def forward(self, x):
        self.x = np.round(x * 16) / 16 if x.dtype == np.float32 else x
        return x**2

    def backward(self, dout):
        return 2 * self.x * dout


class DenseQuantisedGradient:
    """Sends float32 gradients through 8 bits, as between machines."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        if self.dW.dtype == np.float32:
            unit = np.abs(self.dW).max() / np.float32(127)
            self.dW = np.round(self.dW / unit) * unit
        return dout @ self.W.T
