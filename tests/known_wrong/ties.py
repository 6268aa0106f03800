"""Layers that use one array of weights in several places and lose the gradient of a use."""
# ruff: noqa: NPY002

import numpy as np

LEDGER = {
    "DecoderFrozen": {
        "check": "gradient",
        "wrt": ["encoder.W"],
        "explanation": "missing_term",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08},
    },
    "TransposeForgotten": {
        "check": "gradient",
        "wrt": ["W1"],
        "explanation": "missing_term",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08},
    },
    "SliceFrozen": {
        "check": "gradient",
        "wrt": ["first.W"],
        "explanation": "missing_term",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08},
    },
    "AddedWithoutTurning": {
        "check": "gradient",
        "wrt": ["encoder.W"],
        "explanation": "transposed",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08},
    },
}


class Product:
    """x W with the gradient of this use."""

    def __init__(self, W):
        self.W = W
        self.dW = np.zeros_like(W)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dy):
        self.dW = self.x.T @ dy
        return dy @ self.W.T


class DecoderFrozen:
    """Only the encoder learns, although the decoder holds its weights."""

    def __init__(self, in_features, hidden_size):
        self.encoder = Product(0.5 * np.random.randn(in_features, hidden_size))
        self.decoder = Product(self.encoder.W.T)

    def forward(self, x):
        self.h = np.tanh(self.encoder.forward(x))
        return self.decoder.forward(self.h)

    def backward(self, dy):
        return self.encoder.backward((dy @ self.decoder.W.T) * (1.0 - self.h**2))


class TransposeForgotten:
    """Has a gradient for the weights and none for what reads them transposed."""

    def __init__(self, in_features, hidden_size):
        self.W1 = 0.5 * np.random.randn(in_features, hidden_size)
        self.W2 = self.W1.T

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1)
        return self.h @ self.W2

    def backward(self, dy):
        dz = (dy @ self.W2.T) * (1.0 - self.h**2)
        self.dW1 = self.x.T @ dz
        return dz @ self.W1.T


class SliceFrozen:
    """The second layer, which uses some rows of the first one's weights, takes them for constants."""

    def __init__(self, in_features):
        self.first = Product(0.5 * np.random.randn(in_features, in_features - 2))
        self.second = Product(self.first.W[: in_features - 2])

    def forward(self, x):
        self.h = np.tanh(self.first.forward(x))
        return self.second.forward(self.h)

    def backward(self, dy):
        return self.first.backward((dy @ self.second.W.T) * (1.0 - self.h**2))


class AddedWithoutTurning:
    """Adds the decoder's gradient to the encoder's as it is, which a square matrix lets pass."""

    def __init__(self, hidden_size):
        self.encoder = Product(0.5 * np.random.randn(hidden_size, hidden_size))
        self.decoder = Product(self.encoder.W.T)

    def forward(self, x):
        self.h = np.tanh(self.encoder.forward(x))
        return self.decoder.forward(self.h)

    def backward(self, dy):
        dx = self.encoder.backward(self.decoder.backward(dy) * (1.0 - self.h**2))
        self.encoder.dW = self.decoder.dW = self.encoder.dW + self.decoder.dW
        return dx
