"""Formulas with a number that may be another one, of which backward knows the usual one alone."""

import numpy as np

LEDGER = {
    "focal_forward": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "HuberOfOne": {"check": "shapes", "wrt": ["x", "target"], "explanation": "option", "oracles": [], "smallest": {}},
    "PowerDividedByTwo": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
}


def focal_forward(x, gamma=2.0):
    """The derivative of the square was written down, and gamma put in where it stood in the paper."""
    p = 1.0 / (1.0 + np.exp(-x))
    return (1 - p) ** gamma * np.log(p), (p, gamma)


def focal_backward(dout, cache):
    p, gamma = cache
    dp = (1 - p) ** gamma / p - 2 * (1 - p) * np.log(p)
    return dout * dp * p * (1 - p)


class HuberOfOne:
    """Clips at one, which is delta where nobody says otherwise."""

    def __init__(self, delta=1.0):
        self.delta = delta

    def forward(self, x, target):
        self.apart = x - target
        size = np.abs(self.apart)
        return np.where(size <= self.delta, 0.5 * size**2, self.delta * (size - 0.5 * self.delta)).sum()

    def backward(self):
        dx = np.clip(self.apart, -1.0, 1.0)
        return dx, -dx


class PowerDividedByTwo:
    """Kept from the time when the exponent was two."""

    def __init__(self, exponent=2):
        self.exponent = exponent

    def forward(self, x):
        self.x = x
        return x**self.exponent

    def backward(self, dout):
        return 2 * self.x * dout
