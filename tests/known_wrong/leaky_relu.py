"""Leaky rectifiers, y = x for x > 0 and slope x elsewhere, with fixed and learned slopes."""

import numpy as np

LEDGER = {
    "LeakyReLUSlopeForgotten": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_branch",
        "diagnosis": ["local_derivative", "mask", "region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07, "reference": 1e-11}
    },
    "LeakyReLUOtherSlope": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "wrong_constant",
        "diagnosis": ["local_derivative", "region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-06, "reference": 1e-10}
    },
    "LeakyReLUBranchesExchanged": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask_inverted",
        "diagnosis": ["mask", "local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "LeakyReLUIntegerSlope": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "approximation_mismatch",
        "diagnosis": ["local_derivative", "region", "mask", "rounded"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "LeakyReLUNegativeSlope": {
        "check": "gradient",
        "wrt": ["X"],
        "explanation": "sign",
        "diagnosis": ["local_derivative", "region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "LeakyReLULearnedWithoutInput": {
        "check": "gradient",
        "wrt": ["alpha"],
        "explanation": "missing_term",
        "diagnosis": ["passed_over", "quantity"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07}
    },
    "LeakyReLULearnedEverywhere": {
        "check": "gradient",
        "wrt": ["alpha"],
        "explanation": "mask_missing",
        "diagnosis": ["passed_over", "mask"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
}


class LeakyReLUSlopeForgotten:
    """Made a ReLU leaky in forward and forgot that backward has a second branch too."""

    def __init__(self, alpha=0.1):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        dx = dout.copy()
        dx[self.x <= 0] = 0
        return dx


class LeakyReLUOtherSlope:
    """Changed the default slope in the constructor; the 0.01 in backward was written out."""

    def __init__(self, slope=0.02):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.maximum(self.slope * x, x)

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1.0, 0.01)


class LeakyReLUBranchesExchanged:
    """Exchanged the two values of np.where while turning `<` into `>`."""

    def __init__(self, alpha=0.2):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        return dout * np.where(self.x > 0, self.alpha, 1.0)


class LeakyReLUIntegerSlope:
    """Fills the slopes into an integer array, which silently rounds 0.1 down to 0."""

    def __init__(self, alpha=0.1):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        slopes = np.ones(self.x.shape, dtype=int)
        slopes[self.x <= 0] = self.alpha
        return dout * slopes


class LeakyReLUNegativeSlope:
    """Thought of the negative branch as folding upwards, the way the absolute value does."""

    def __init__(self, alpha=0.3):
        self.alpha = alpha

    def forward_pass(self, X):
        self.X = X
        return np.where(X >= 0, X, self.alpha * X)

    def backward_pass(self, accum_grad):
        return accum_grad * np.where(self.X >= 0, 1.0, -self.alpha)


class LeakyReLULearnedWithoutInput:
    """Differentiated alpha * x by alpha and wrote 1: the negative inputs themselves are missing."""

    def __init__(self, num_features):
        self.alpha = np.full(num_features, 0.25)
        self.dalpha = np.zeros(num_features)

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        closed = self.x <= 0
        self.dalpha = (dout * closed).sum(axis=0)
        return np.where(closed, self.alpha * dout, dout)


class LeakyReLULearnedEverywhere:
    """Sums dout * x over all inputs for the slope, although the slope only acts on the negative ones."""

    def __init__(self, num_features):
        self.alpha = np.full(num_features, 0.25)
        self.dalpha = np.zeros(num_features)

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        self.dalpha = (dout * self.x).sum(axis=0)
        return np.where(self.x <= 0, self.alpha * dout, dout)
