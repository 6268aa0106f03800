"""Methods of networks whose derivative beside them is wrong."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "Perceptron.sigmoid": {
        "check": "gradient",
        "wrt": ["z"],
        "explanation": "missing_factor",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "Perceptron.leaky_relu": {
        "check": "gradient",
        "wrt": ["z"],
        "explanation": "mask_missing",
        "diagnosis": ["local_derivative", "mask", "region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
}


class Perceptron:
    def __init__(self, sizes):
        self.slope = 0.2
        self.weights = [np.random.randn(n, m) for n, m in zip(sizes[:-1], sizes[1:], strict=True)]

    @staticmethod
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    @staticmethod
    def sigmoid_prime(z):
        """The factor 1 - s was lost."""
        return Perceptron.sigmoid(z)

    def leaky_relu(self, z):
        """A slope below zero, for which the derivative has none."""
        return np.where(z > 0, z, self.slope * z)

    def d_leaky_relu(self, z):
        """That of a rectifier."""
        return (z > 0).astype(float)
