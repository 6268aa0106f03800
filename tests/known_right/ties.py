"""Right layers that use one array of weights in several places: each keeps the gradient of its use, or all their sum."""
# ruff: noqa: NPY002

import numpy as np

LEDGER = {
    "TransposedDecoder": {"may_be": ["passed"], "trap": "the decoder holds the encoder's weights transposed"},
    "TransposedInOneLayer": {"may_be": ["passed"], "trap": "a weight and its transpose, each with a gradient"},
    "TransposedAndAdded": {"may_be": ["passed"], "trap": "both uses are added to the encoder's gradient"},
    "TransposedInEveryCall": {"may_be": ["passed"], "trap": "the decoder is handed the transpose by forward"},
    "ReshapedForTheSecond": {"may_be": ["passed"], "trap": "a second layer uses the weights in another shape"},
    "SlicedForTheSecond": {"may_be": ["passed"], "trap": "a second layer uses some rows of the weights"},
    "SameUnderTwoNames": {"may_be": ["passed"], "trap": "one array under two names, each with a gradient"},
}


class Dense:
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


class TransposedDecoder:
    """tanh(x W) W^T."""

    def __init__(self, in_features, hidden_size):
        self.encoder = Dense(0.5 * np.random.randn(in_features, hidden_size))
        self.decoder = Dense(self.encoder.W.T)

    def forward(self, x):
        self.h = np.tanh(self.encoder.forward(x))
        return self.decoder.forward(self.h)

    def backward(self, dy):
        return self.encoder.backward(self.decoder.backward(dy) * (1.0 - self.h**2))


class TransposedInOneLayer:
    """The same without layers within."""

    def __init__(self, in_features, hidden_size):
        self.W1 = 0.5 * np.random.randn(in_features, hidden_size)
        self.W2 = self.W1.T

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1)
        return self.h @ self.W2

    def backward(self, dy):
        self.dW2 = self.h.T @ dy
        dz = (dy @ self.W2.T) * (1.0 - self.h**2)
        self.dW1 = self.x.T @ dz
        return dz @ self.W1.T


class TransposedAndAdded(TransposedDecoder):
    """Has the whole gradient at the encoder, and leaves the decoder's where it is."""

    def backward(self, dy):
        dx = self.encoder.backward(self.decoder.backward(dy) * (1.0 - self.h**2))
        self.encoder.dW = self.encoder.dW + self.decoder.dW.T
        return dx


class TransposedInEveryCall(TransposedDecoder):
    """Ties the two anew in every forward, as one does whose optimizer replaces the arrays."""

    def forward(self, x):
        self.decoder.W = self.encoder.W.T
        return super().forward(x)


class ReshapedForTheSecond:
    """(3 D, D) weights first, then as (D, 3 D)."""

    def __init__(self, in_features):
        self.first = Dense(0.4 * np.random.randn(in_features, 3 * in_features))
        self.second = Dense(self.first.W.reshape(3 * in_features, in_features))

    def forward(self, x):
        self.h = np.tanh(self.first.forward(x))
        return self.second.forward(self.h)

    def backward(self, dy):
        return self.first.backward(self.second.backward(dy) * (1.0 - self.h**2))


class SlicedForTheSecond:
    """tanh(x W) through the first rows of W."""

    def __init__(self, in_features):
        self.first = Dense(0.5 * np.random.randn(in_features, in_features - 2))
        self.second = Dense(self.first.W[: in_features - 2])

    def forward(self, x):
        self.h = np.tanh(self.first.forward(x))
        return self.second.forward(self.h)

    def backward(self, dy):
        return self.first.backward(self.second.backward(dy) * (1.0 - self.h**2))


class SameUnderTwoNames:
    """tanh(x W) W of a square W."""

    def __init__(self, hidden_size):
        self.W_in = self.W_out = 0.5 * np.random.randn(hidden_size, hidden_size)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W_in)
        return self.h @ self.W_out

    def backward(self, dy):
        self.dW_out = self.h.T @ dy
        dz = (dy @ self.W_out.T) * (1.0 - self.h**2)
        self.dW_in = self.x.T @ dz
        return dz @ self.W_in.T
