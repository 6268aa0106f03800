"""Right functions and derivatives among the methods of classes that are something else."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "Network.sigmoid": {"may_be": ["passed"], "trap": "its constructor wants layers; the two do not look at the object"},
    "Network.leaky_relu": {"may_be": ["passed"], "trap": "a slope that the constructor sets"},
    "Network.relu": {"may_be": ["passed"], "trap": "static"},
    "Network._tanh": {"may_be": ["passed"], "trap": "private, and a derivative of the output"},
    "Network": {"may_be": ["passed"], "trap": "a derivative by the first of two, whose names differ"},
    "LeastSquares": {"may_be": ["passed"], "trap": "one gradient is returned, that of the weights the object holds"},
}


class Network:
    def __init__(self, sizes):
        self.slope = 0.2
        self.weights = [np.random.randn(n, m) for n, m in zip(sizes[:-1], sizes[1:], strict=True)]

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def sigmoid_prime(self, z):
        return self.sigmoid(z) * (1 - self.sigmoid(z))

    def leaky_relu(self, z):
        return np.where(z > 0, z, self.slope * z)

    def leaky_relu_derivative(self, z):
        return np.where(z > 0, 1, self.slope)

    @staticmethod
    def relu(z):
        return np.maximum(z, 0)

    @staticmethod
    def relu_derivative(z):
        return (z > 0) * 1.0

    def _tanh(self, x):
        return np.tanh(x)

    def _d_tanh(self, y):
        return 1 - y**2

    def cost(self, a, y):
        return 0.5 * np.sum((a - y) ** 2)

    def cost_derivative(self, output_activations, y):
        return output_activations - y

    def zero(self, x):
        self.slope = 0 * x

    def zero_grad(self, x):
        self.slope = x


class LeastSquares:
    def __init__(self, n_features):
        self.w = np.random.randn(n_features)

    def loss(self, X, y):
        return 0.5 * np.mean((X @ self.w - y) ** 2)

    def loss_grad(self, X, y):
        return X.T @ (X @ self.w - y) / len(y)
