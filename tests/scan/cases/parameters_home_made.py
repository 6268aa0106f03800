"""Home-made layers whose weights are forgotten."""

import numpy as np


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data)
        self.requires_grad = requires_grad
        self.grad = None


class LayerNorm:
    def __init__(self, width):
        self.gamma = Tensor(np.ones(width), requires_grad=True)
        self.beta = Tensor(np.zeros(width))  # GRC306

    def forward(self, x):
        return normalise(x) * self.gamma + self.beta

    def parameters(self):
        return [self.gamma, self.beta]


class Dense:
    def __init__(self, n_in, n_out):
        self.w = Tensor(np.ones((n_in, n_out)), requires_grad=True)
        self.b = Tensor(np.zeros(n_out), requires_grad=True)  # GRC305

    def forward(self, x):
        return x @ self.w + self.b

    def parameters(self):
        return [self.w]


def normalise(x):
    return x
