"""Layer normalisation over the last axis, and dropout."""

# ruff: noqa: NPY002, FBT002 - written the way people write them

import numpy as np

LEDGER = {
    "LayerNormGammaOutside": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03}
    },
    "LayerNormVarianceTermMissing": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03}
    },
    "LayerNormGammaFromInput": {
        "check": "gradient",
        "wrt": ["gamma"],
        "explanation": "input_for_output",
        "diagnosis": ["quantity"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03}
    },
    "LayerNormStatisticsDetached": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03}
    },
    "DropoutScaleForgotten": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
}


class LayerNormGammaOutside:
    """Applies gamma after the two sums instead of before them, which is the same only while gamma is one."""

    def __init__(self, num_features, eps=1e-5):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.eps = eps

    def forward(self, x):
        mean = x.mean(axis=-1, keepdims=True)
        self.std = np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        axes = tuple(range(dout.ndim - 1))
        self.dgamma = (dout * self.x_hat).sum(axis=axes)
        self.dbeta = dout.sum(axis=axes)
        inner = dout - dout.mean(axis=-1, keepdims=True)
        inner = inner - self.x_hat * (dout * self.x_hat).mean(axis=-1, keepdims=True)
        return self.gamma * inner / self.std


class LayerNormVarianceTermMissing:
    """Differentiated through the mean but took the standard deviation for a constant."""

    def __init__(self, num_features, eps=1e-5):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.eps = eps

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        self.x_hat = (x - x.mean(axis=-1, keepdims=True)) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        axes = tuple(range(dout.ndim - 1))
        self.dgamma = (dout * self.x_hat).sum(axis=axes)
        self.dbeta = dout.sum(axis=axes)
        dx_hat = dout * self.gamma
        return (dx_hat - dx_hat.mean(axis=-1, keepdims=True)) / self.std


class LayerNormGammaFromInput:
    """Multiplies by the raw input for dgamma, where the normalised one belongs."""

    def __init__(self, num_features, eps=1e-5):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.eps = eps

    def forward(self, x):
        self.x = x
        self.std = np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        self.x_hat = (x - x.mean(axis=-1, keepdims=True)) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        axes = tuple(range(dout.ndim - 1))
        self.dgamma = (dout * self.x).sum(axis=axes)
        self.dbeta = dout.sum(axis=axes)
        dx_hat = dout * self.gamma
        inner = dx_hat - dx_hat.mean(axis=-1, keepdims=True)
        inner = inner - self.x_hat * (dx_hat * self.x_hat).mean(axis=-1, keepdims=True)
        return inner / self.std


class LayerNormStatisticsDetached:
    """Simplified: treats mean and deviation as constants, as a frozen batch norm may; here they come from x."""

    def __init__(self, num_features, eps=1e-5):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.eps = eps

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        self.x_hat = (x - x.mean(axis=-1, keepdims=True)) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        axes = tuple(range(dout.ndim - 1))
        self.dgamma = (dout * self.x_hat).sum(axis=axes)
        self.dbeta = dout.sum(axis=axes)
        return dout * self.gamma / self.std


class DropoutScaleForgotten:
    """Scales by 1 / (1 - p) in forward and multiplies by the bare mask in backward."""

    def __init__(self, p=0.4):
        self.p = p

    def forward(self, x, train=True):
        if not train:
            self.mask = np.ones_like(x)
            return x
        self.mask = np.random.rand(*x.shape) > self.p
        return x * self.mask / (1 - self.p)

    def backward(self, dout):
        return dout * self.mask
