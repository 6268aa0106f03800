"""Gaussian error linear units, exact (x times the normal distribution) and in the tanh approximation."""

import math

import numpy as np

LEDGER = {
    "GELUTanhForwardErfBackward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "approximation_mismatch",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-07, "finite_difference": 1e-05, "reference": 1e-07}
    },
    "GELUErfForwardTanhBackward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "approximation_mismatch",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-07, "finite_difference": 1e-05, "reference": 1e-07}
    },
    "GELUTanhForwardSigmoidBackward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "approximation_mismatch",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-07, "reference": 1e-09}
    },
    "GELUDensityTermMissing": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["local_derivative", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "GELUDensityWithoutHalf": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "wrong_constant",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "GELURoundedConstant": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "wrong_constant",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-05, "finite_difference": 1e-03, "reference": 1e-05}
    },
    "GELUThreeForgotten": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "wrong_constant",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-07, "reference": 1e-09}
    },
    "GELUTanhNotSquared": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["local_derivative", "inner_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
}

C = math.sqrt(2.0 / math.pi)
erf = np.vectorize(math.erf, otypes=[float])


class GELUTanhForwardErfBackward:
    """Switched forward to the fast tanh form for inference and left the exact derivative in backward."""

    def forward(self, x):
        self.x = x
        return 0.5 * x * (1 + np.tanh(C * (x + 0.044715 * x**3)))

    def backward(self, dout):
        cdf = 0.5 * (1 + erf(self.x / math.sqrt(2)))
        pdf = np.exp(-0.5 * self.x**2) / math.sqrt(2 * math.pi)
        return dout * (cdf + self.x * pdf)


class GELUErfForwardTanhBackward:
    """Took forward from the paper and backward from a library that approximates with tanh."""

    def forward(self, x):
        self.x = x
        return 0.5 * x * (1 + erf(x / math.sqrt(2)))

    def backward(self, dout):
        x = self.x
        t = np.tanh(C * (x + 0.044715 * x**3))
        return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * C * (1 + 3 * 0.044715 * x**2))


class GELUTanhForwardSigmoidBackward:
    """Differentiated the other approximation, x sigmoid(1.702 x), because it has the shorter derivative."""

    def forward(self, x):
        self.x = x
        return 0.5 * x * (1 + np.tanh(C * (x + 0.044715 * x**3)))

    def backward(self, dout):
        s = 1 / (1 + np.exp(-1.702 * self.x))
        return dout * (s + 1.702 * self.x * s * (1 - s))


class GELUDensityTermMissing:
    """Treated the distribution function as a constant gate, so that the product rule lost its second term."""

    def forward(self, x):
        self.x = x
        self.cdf = 0.5 * (1 + erf(x / math.sqrt(2)))
        return x * self.cdf

    def backward(self, dout):
        return dout * self.cdf


class GELUDensityWithoutHalf:
    """Wrote the normal density from memory, without the 1/2 in its exponent."""

    def forward(self, x):
        self.x = x
        self.cdf = 0.5 * (1 + erf(x / math.sqrt(2)))
        return x * self.cdf

    def backward(self, dout):
        pdf = np.exp(-(self.x**2)) / math.sqrt(2 * math.pi)
        return dout * (self.cdf + self.x * pdf)


class GELURoundedConstant:
    """Typed sqrt(2 / pi) as 0.7979 in backward, where forward computes it."""

    def forward(self, x):
        self.x = x
        return 0.5 * x * (1 + np.tanh(C * (x + 0.044715 * x**3)))

    def backward(self, dout):
        x = self.x
        t = np.tanh(0.7979 * (x + 0.044715 * x**3))
        return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * 0.7979 * (1 + 3 * 0.044715 * x**2))


class GELUThreeForgotten:
    """Lost the 3 of the cube's derivative."""

    def forward(self, x):
        self.x = x
        return 0.5 * x * (1 + np.tanh(C * (x + 0.044715 * x**3)))

    def backward(self, dout):
        x = self.x
        t = np.tanh(C * (x + 0.044715 * x**3))
        return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * C * (1 + 0.044715 * x**2))


class GELUTanhNotSquared:
    """Wrote the derivative of tanh as 1 - t, mixing it up with the factor of the sigmoid."""

    def forward(self, x):
        self.x = x
        self.t = np.tanh(C * (x + 0.044715 * x**3))
        return 0.5 * x * (1 + self.t)

    def backward(self, dout):
        x, t = self.x, self.t
        return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t) * C * (1 + 3 * 0.044715 * x**2))
