"""Right normalisations."""

# ruff: noqa: NPY002, FBT002 - written the way people write them

import numpy as np

LEDGER = {
    "BatchNorm1d": {"may_be": ["passed"], "trap": "running statistics and a training flag"},
    "BatchNorm2d": {"may_be": ["passed"], "trap": "statistics over batch and image"},
    "LayerNorm": {"may_be": ["passed"], "trap": "gamma is one and beta zero at the start"},
    "RMSNorm": {"may_be": ["passed"], "trap": "gradient nearly orthogonal to the input"},
    "RowNormalise": {"may_be": ["passed"], "trap": "output of unit length"},
    "WeightNorm": {"may_be": ["passed"], "trap": "gradient of the direction is orthogonal to it"},
}


class BatchNorm1d:
    def __init__(self, num_features, momentum=0.9, eps=1e-5):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self.momentum = momentum
        self.eps = eps

    def forward(self, x, training=True):
        self.training = training
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        self.dgamma = (dout * self.x_hat).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        dx_hat = dout * self.gamma
        if not self.training:
            return dx_hat / self.std
        inner = dx_hat - dx_hat.mean(axis=0) - self.x_hat * (dx_hat * self.x_hat).mean(axis=0)
        return inner / self.std


class BatchNorm2d:
    def __init__(self, num_features, eps=1e-5):
        self.gamma = np.ones((1, num_features, 1, 1))
        self.beta = np.zeros((1, num_features, 1, 1))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(axis=(0, 2, 3), keepdims=True)
        self.std = np.sqrt(x.var(axis=(0, 2, 3), keepdims=True) + self.eps)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        axes = (0, 2, 3)
        self.dgamma = (dout * self.x_hat).sum(axis=axes, keepdims=True)
        self.dbeta = dout.sum(axis=axes, keepdims=True)
        dx_hat = dout * self.gamma
        inner = dx_hat - dx_hat.mean(axis=axes, keepdims=True)
        inner = inner - self.x_hat * (dx_hat * self.x_hat).mean(axis=axes, keepdims=True)
        return inner / self.std


class LayerNorm:
    def __init__(self, normalized_shape, eps=1e-5):
        self.gamma = np.ones(normalized_shape)
        self.beta = np.zeros(normalized_shape)
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
        dx_hat = dout * self.gamma
        inner = dx_hat - dx_hat.mean(axis=-1, keepdims=True)
        inner = inner - self.x_hat * (dx_hat * self.x_hat).mean(axis=-1, keepdims=True)
        return inner / self.std


class RMSNorm:
    def __init__(self, num_features, eps=1e-6):
        self.weight = np.ones(num_features)
        self.eps = eps

    def forward(self, x):
        self.rms = np.sqrt((x**2).mean(axis=-1, keepdims=True) + self.eps)
        self.x_hat = x / self.rms
        return self.weight * self.x_hat

    def backward(self, grad):
        axes = tuple(range(grad.ndim - 1))
        self.grad_weight = (grad * self.x_hat).sum(axis=axes)
        dx_hat = grad * self.weight
        return (dx_hat - self.x_hat * (dx_hat * self.x_hat).mean(axis=-1, keepdims=True)) / self.rms


class RowNormalise:
    def forward(self, x):
        self.norm = np.linalg.norm(x, axis=-1, keepdims=True)
        self.u = x / self.norm
        return self.u

    def backward(self, dout):
        return (dout - self.u * (dout * self.u).sum(axis=-1, keepdims=True)) / self.norm


class WeightNorm:
    """y = x (g v / |v|), with length g and direction v learned apart."""

    def __init__(self, in_features, out_features):
        self.v = np.random.randn(in_features, out_features)
        self.g = np.ones(out_features)

    def forward(self, x):
        self.x = x
        self.length = np.sqrt((self.v**2).sum(axis=0))
        self.u = self.v / self.length
        return x @ (self.g * self.u)

    def backward(self, dout):
        dw = self.x.T @ dout
        self.dg = (dw * self.u).sum(axis=0)
        self.dv = self.g / self.length * (dw - self.u * self.dg)
        return dout @ (self.g * self.u).T
