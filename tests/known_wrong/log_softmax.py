"""Logarithm of the softmax over the last axis."""

import numpy as np

LEDGER = {
    "LogSoftmaxSumOverSamples": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "other",
        "diagnosis": ["inner_product"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "LogSoftmaxOuterProduct": {
        "check": "contract",
        "wrt": ["x"],
        "explanation": "other",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "LogSoftmaxLogForProbability": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "output_for_input",
        "diagnosis": ["inner_product", "quantity"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-12, "finite_difference": 1e-09, "reference": 1e-12}
    },
    "LogSoftmaxDiagonalOnly": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["diagonal"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "LogSoftmaxDividedByBatch": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "LogSoftmaxBackwardOfSoftmax": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "other",
        "diagnosis": ["inner_product"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "LogSoftmaxOneHotUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["inner_product"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
}


def log_softmax(x):
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


class LogSoftmaxSumOverSamples:
    """Sums the upstream gradient over axis 0, where the classes of another project lay."""

    def forward(self, x):
        self.y = log_softmax(x)
        return self.y

    def backward(self, dout):
        return dout - np.exp(self.y) * dout.sum(axis=0, keepdims=True)


class LogSoftmaxOuterProduct:
    """Reached for np.outer to spread the row sums over the classes; it flattens the whole batch first."""

    def forward(self, x):
        self.y = log_softmax(x)
        return self.y

    def backward(self, dout):
        return dout - np.outer(np.exp(self.y), dout.sum(axis=-1))


class LogSoftmaxLogForProbability:
    """Uses the cached output as if it were the probabilities; it is their logarithm."""

    def forward(self, x):
        self.out = log_softmax(x)
        return self.out

    def backward(self, dout):
        return dout - self.out * dout.sum(axis=-1, keepdims=True)


class LogSoftmaxDiagonalOnly:
    """Differentiated each output by its own input only."""

    def forward(self, x):
        self.p = np.exp(log_softmax(x))
        return log_softmax(x)

    def backward(self, dout):
        return dout * (1 - self.p)


class LogSoftmaxDividedByBatch:
    """Averages over the batch here, although the loss behind it averages as well."""

    def forward(self, x):
        self.y = log_softmax(x)
        return self.y

    def backward(self, dout):
        return (dout - np.exp(self.y) * dout.sum(axis=-1, keepdims=True)) / len(dout)


class LogSoftmaxBackwardOfSoftmax:
    """Took the logarithm in forward for stability and kept the backward of the plain softmax."""

    def forward(self, x):
        self.y = log_softmax(x)
        return self.y

    def backward(self, dout):
        p = np.exp(self.y)
        return p * (dout - (dout * p).sum(axis=-1, keepdims=True))


class LogSoftmaxOneHotUpstream:
    """Assumes that the upstream gradient sums to one in each row, as for one-hot targets, and leaves the sum out."""

    def forward(self, x):
        self.y = log_softmax(x)
        return self.y

    def backward(self, dout):
        return dout - np.exp(self.y)
