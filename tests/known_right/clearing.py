"""Layers that add to some gradients and clear just those: right, step after step."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "ClearsWhatItAddsTo": {"may_be": ["passed"], "trap": "dW is added to, db is not; zero_grad clears dW alone"},
    "ClearsInItsBase": {"may_be": ["passed"], "trap": "the base's zero_grad clears the one gradient that is added to"},
    "ClearsInItsStep": {"may_be": ["passed"], "trap": "the update of the weights clears what was added to"},
    "CellAndHead": {"may_be": ["passed"], "trap": "one part adds to its gradients over time, the other replaces them"},
    "ClearsInForward": {"may_be": ["passed"], "trap": "every forward begins a new gradient, backward adds to it"},
}


class ClearsWhatItAddsTo:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def zero_grad(self):
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Base:
    def zero_weight_gradient(self):
        self.dW.fill(0)


class ClearsInItsBase(Base):
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class ClearsInItsStep:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.dW = np.zeros_like(self.W)

    def update(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db
        self.dW[:] = 0

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Cell:
    def __init__(self, features):
        self.U = np.random.randn(features, features) * 0.3
        self.dU = np.zeros_like(self.U)

    def forward(self, x):
        self.x = x
        return np.tanh(x @ self.U)

    def backward(self, dout):
        d = dout * (1 - np.tanh(self.x @ self.U) ** 2)
        self.dU += self.x.T @ d
        return d @ self.U.T


class Head:
    def __init__(self, features):
        self.V = np.random.randn(features, features) * 0.3

    def forward(self, x):
        self.x = x
        return x @ self.V

    def backward(self, dout):
        self.dV = self.x.T @ dout
        return dout @ self.V.T


class CellAndHead:
    def __init__(self, in_features):
        self.cell = Cell(in_features)
        self.head = Head(in_features)

    def forward(self, x):
        return self.head.forward(self.cell.forward(x))

    def backward(self, dout):
        return self.cell.backward(self.head.backward(dout))


class ClearsInForward:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        self.dW = np.zeros_like(self.W)
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T
