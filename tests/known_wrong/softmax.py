"""Softmax over the last axis."""

import numpy as np

LEDGER = {
    "SoftmaxDiagonalOnly": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["diagonal"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "SoftmaxDividedByBatch": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "SoftmaxInnerProductMissing": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["inner_product", "constant_operand", "missing_term"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "SoftmaxSumOverSamples": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "other",
        "diagnosis": ["inner_product"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "SoftmaxFirstJacobian": {
        "check": "gradient",
        "wrt": ["Z"],
        "explanation": "one_row",
        "diagnosis": ["inner_product", "quantity"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "SoftmaxPlusInnerProduct": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "sign",
        "diagnosis": ["inner_product"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "SoftmaxMeanOfClasses": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mean_for_sum",
        "diagnosis": ["inner_product"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "SoftmaxUnweightedSum": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["inner_product"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "SoftmaxJacobianOfBatch": {
        "check": "contract",
        "wrt": ["x"],
        "explanation": "other",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "SoftmaxTemperatureForgotten": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08}
    },
}


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class SoftmaxDiagonalOnly:
    """Used the derivative of the sigmoid, p (1 - p), which is only the diagonal of the Jacobian."""

    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, dout):
        return dout * self.p * (1 - self.p)


class SoftmaxDividedByBatch:
    """Divides the exact product by the batch size, as the fused loss does where the mean is taken."""

    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, dout):
        inner = (dout * self.p).sum(axis=-1, keepdims=True)
        return self.p * (dout - inner) / dout.shape[0]


class SoftmaxInnerProductMissing:
    """Stopped after the first term of the quotient rule."""

    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, dout):
        return self.p * dout


class SoftmaxSumOverSamples:
    """Sums over axis 0, from the time when a column was a sample."""

    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, dout):
        return self.p * (dout - (dout * self.p).sum(axis=0, keepdims=True))


class SoftmaxFirstJacobian:
    """Builds one Jacobian, from the first sample, and applies it to the whole batch."""

    def forward(self, Z):
        self.A = softmax(Z)
        return self.A

    def backward(self, dLdA):
        a = self.A[0]
        J = np.diag(a) - np.outer(a, a)
        return dLdA @ J


class SoftmaxPlusInnerProduct:
    """Lost the minus sign of the off-diagonal entries."""

    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.p = e / np.sum(e, axis=1, keepdims=True)
        return self.p

    def backward(self, dout):
        return self.p * (dout + np.sum(dout * self.p, axis=1, keepdims=True))


class SoftmaxMeanOfClasses:
    """Called the inner product an average and computed it with mean; the weights already sum to one."""

    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, dout):
        return self.p * (dout - (dout * self.p).mean(axis=-1, keepdims=True))


class SoftmaxUnweightedSum:
    """Subtracts the plain sum of the upstream gradient; the probabilities inside the sum were lost."""

    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, dout):
        return self.p * (dout - dout.sum(axis=-1, keepdims=True))


class SoftmaxJacobianOfBatch:
    """Wrote the textbook Jacobian, diag(p) - p p^T, for a vector; numpy takes the matrix but not its diagonal."""

    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, dout):
        J = np.diagflat(self.p) - self.p @ self.p.T
        return dout @ J


class SoftmaxTemperatureForgotten:
    """Divides by a temperature in forward and forgets the factor in backward."""

    def __init__(self, temperature=2.5):
        self.temperature = temperature

    def forward(self, x):
        self.p = softmax(x / self.temperature)
        return self.p

    def backward(self, dout):
        return self.p * (dout - (dout * self.p).sum(axis=-1, keepdims=True))
