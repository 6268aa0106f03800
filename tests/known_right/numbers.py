"""Formulas with a number that may be another one, and numbers that are in backward alone."""

import numpy as np

LEDGER = {
    "focal_forward": {"may_be": ["passed"], "trap": "right for every gamma"},
    "Huber": {"may_be": ["passed"], "trap": "delta is where the slope ends"},
    "Power": {"may_be": ["passed"], "trap": "the exponent is whole"},
    "Loosened": {"may_be": ["passed"], "trap": "a limit, a rate and a decay that nothing but backward reads, all of them off"},
    "Sharpened": {"may_be": ["passed"], "trap": "a number whose name says nothing is read at construction"},
}


def focal_forward(x, gamma=2.0):
    p = 1.0 / (1.0 + np.exp(-x))
    return (1 - p) ** gamma * np.log(p), (p, gamma)


def focal_backward(dout, cache):
    p, gamma = cache
    dp = (1 - p) ** gamma / p - gamma * (1 - p) ** (gamma - 1) * np.log(p)
    return dout * dp * p * (1 - p)


class Huber:
    def __init__(self, delta=1.0):
        self.delta = delta

    def forward(self, x, target):
        self.apart = x - target
        size = np.abs(self.apart)
        return np.where(size <= self.delta, 0.5 * size**2, self.delta * (size - 0.5 * self.delta)).sum()

    def backward(self):
        dx = np.clip(self.apart, -self.delta, self.delta)
        return dx, -dx


class Power:
    def __init__(self, exponent=2):
        self.exponent = exponent

    def forward(self, x):
        self.x = x
        return x**self.exponent

    def backward(self, dout):
        return self.exponent * self.x ** (self.exponent - 1) * dout


class Loosened:
    def __init__(self, n_in, n_out, most=1e9, shrinking=0.0):
        self.W = np.random.randn(n_in, n_out)  # noqa: NPY002 - written the way people write them
        self.most = most
        self.shrinking = shrinking

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = np.clip(self.x.T @ dout, -self.most, self.most) + self.shrinking * self.W
        return dout @ self.W.T


class Sharpened:
    def __init__(self, n_in, n_out, steepness=0.7):
        self.W = np.random.randn(n_in, n_out) * steepness  # noqa: NPY002 - as above

    def forward(self, x):
        self.x = x
        return np.tanh(x @ self.W)

    def backward(self, dout):
        dz = dout * (1 - np.tanh(self.x @ self.W) ** 2)
        self.dW = self.x.T @ dz
        return dz @ self.W.T
