"""Logistic functions, y = 1 / (1 + exp(-x))."""

import numpy as np

LEDGER = {
    "SigmoidOfInput": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "input_for_output",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11}
    },
    "SigmoidTwice": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "output_for_input",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "SigmoidComplementMissing": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "SigmoidFlatSpot": {
        "check": "gradient",
        "wrt": ["X"],
        "explanation": "wrong_constant",
        "diagnosis": ["local_derivative", "missing_term"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-08, "finite_difference": 1e-06, "reference": 1e-08}
    },
    "SigmoidFirstEntry": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_entry",
        "diagnosis": ["region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "SigmoidNegativeInputs": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_branch",
        "diagnosis": ["local_derivative", "region", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "SigmoidHalfPrecisionCache": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "approximation_mismatch",
        "diagnosis": ["rounded"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-07, "finite_difference": 1e-04, "reference": 1e-07}
    },
    "SigmoidClampedUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["Z"],
        "explanation": "nonlinear",
        "diagnosis": ["upstream"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "SigmoidAnnealed": {
        "check": "determinism",
        "also": ["linearity", "gradient"],
        "wrt": ["x"],
        "explanation": "nondeterministic",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "SigmoidTransposed": {
        "check": "contract",
        "wrt": ["x"],
        "explanation": "wrong_shape",
        "diagnosis": ["permuted_axes"],
        "oracles": [],
        "smallest": {}
    },
}


class SigmoidOfInput:
    """Uses the formula y (1 - y) with the cached input in the place of y."""

    def forward(self, x):
        self.x = x
        return 1 / (1 + np.exp(-x))

    def backward(self, dout):
        return dout * self.x * (1 - self.x)


class SigmoidTwice:
    """Has a helper for the derivative that applies the sigmoid itself, and hands it the output."""

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def sigmoid_prime(self, x):
        return self.sigmoid(x) * (1 - self.sigmoid(x))

    def forward(self, x):
        self.out = self.sigmoid(x)
        return self.out

    def backward(self, dout):
        return dout * self.sigmoid_prime(self.out)


class SigmoidComplementMissing:
    """Remembered the derivative of the exponential, which is its own value."""

    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.y


class SigmoidFlatSpot:
    """Adds 0.001 to the derivative so that saturated units keep learning, an old trick left on by default."""

    def forward_pass(self, X):
        self.y = 1 / (1 + np.exp(-X))
        return self.y

    def backward_pass(self, accum_grad):
        return accum_grad * (self.y * (1 - self.y) + 0.001)


class SigmoidFirstEntry:
    """Loops over a flat view and starts at 1, as the array it was ported from did."""

    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        dx = np.zeros(dout.size)
        y, g = self.y.ravel(), dout.ravel()
        for i in range(1, dout.size):
            dx[i] = g[i] * y[i] * (1 - y[i])
        return dx.reshape(dout.shape)


class SigmoidNegativeInputs:
    """Split forward in two branches to avoid overflow, and differentiated only the numerator of the second."""

    def forward(self, x):
        self.x = x
        z = np.exp(-np.abs(x))
        self.z = z
        return np.where(x >= 0, 1 / (1 + z), z / (1 + z))

    def backward(self, dout):
        positive = self.z / (1 + self.z) ** 2
        negative = self.z / (1 + self.z)
        return dout * np.where(self.x >= 0, positive, negative)


class SigmoidHalfPrecisionCache:
    """Caches the output in half precision, since it lies between 0 and 1 anyway."""

    def forward(self, x):
        y = 1 / (1 + np.exp(-x))
        self.cache = y.astype(np.float16)
        return y

    def backward(self, dout):
        y = self.cache.astype(dout.dtype)
        return dout * y * (1 - y)


class SigmoidClampedUpstream:
    """Clamps what arrives from above to half a unit to keep the saturated layers calm."""

    def forward(self, Z):
        self.A = 1 / (1 + np.exp(-Z))
        return self.A

    def backward(self, dA):
        return np.clip(dA, -0.5, 0.5) * self.A * (1 - self.A)


class SigmoidAnnealed:
    """Fades the gradient with a step count that lives on the class, one step per call of any such layer."""

    steps = 0

    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        SigmoidAnnealed.steps += 1
        return dout * self.y * (1 - self.y) * 0.999**SigmoidAnnealed.steps


class SigmoidTransposed:
    """Works with columns as samples inside and forgot to turn the result back."""

    def forward(self, x):
        self.y = (1 / (1 + np.exp(-x))).T
        return self.y.T

    def backward(self, dout):
        return dout.T * self.y * (1 - self.y)
