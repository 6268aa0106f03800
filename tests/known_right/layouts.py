"""Right linear layers without a batch, with columns for samples, with shared, aliased or late weights."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "SingleSample": {"may_be": ["passed"], "trap": "one vector, no batch"},
    "SingleColumn": {"may_be": ["passed", "inconclusive"], "trap": "one column, no batch, moves its weights"},
    "ColumnMajor": {"may_be": ["passed"], "trap": "samples are columns"},
    "TiedWeights": {"may_be": ["passed"], "trap": "one matrix used twice"},
    "AliasedParameters": {"may_be": ["passed"], "trap": "the same arrays under two names"},
    "BuiltOnFirstCall": {"may_be": ["passed"], "trap": "weights are made by the first forward"},
    "CovarianceOfBatch": {"may_be": ["passed"], "trap": "output has no batch axis"},
    "SumOverBatch": {"may_be": ["passed"], "trap": "output is one number"},
    "ReturnedDictionary": {"may_be": ["passed"], "trap": "backward returns (dx, gradients by name)"},
    "TwoInputs": {"may_be": ["passed"], "trap": "two inputs, two returned gradients"},
    "BroadcastProduct": {"may_be": ["passed"], "trap": "gate broadcast over all axes"},
}


class SingleSample:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(out_features, in_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        if x.ndim != 1:
            message = "one sample at a time, please"
            raise ValueError(message)
        self.x = x
        return self.W @ x + self.b

    def backward(self, dout):
        self.dW = np.outer(dout, self.x)
        self.db = dout.copy()
        return self.W.T @ dout


class SingleColumn:
    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)

    def forward(self, input):  # noqa: A002
        self.input = input
        return np.dot(self.weights, self.input) + self.bias

    def backward(self, output_gradient, learning_rate):
        weights_gradient = np.dot(output_gradient, self.input.T)
        input_gradient = np.dot(self.weights.T, output_gradient)
        self.weights -= learning_rate * weights_gradient
        self.bias -= learning_rate * output_gradient
        return input_gradient


class ColumnMajor:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in) * 0.3
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        return self.W @ A + self.b

    def backward(self, dZ):
        self.dW = dZ @ self.A.T
        self.db = dZ.sum(axis=1, keepdims=True)
        return self.W.T @ dZ


class TiedWeights:
    def __init__(self, hidden_size):
        self.W = np.random.randn(hidden_size, hidden_size) * 0.3
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W)
        return self.h @ self.W.T

    def backward(self, dout):
        dz = (dout @ self.W) * (1 - self.h**2)
        self.dW = dout.T @ self.h + self.x.T @ dz
        return dz @ self.W.T


class AliasedParameters:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        self.params = [self.W, self.b]
        self.grads = [self.dW, self.db]

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW[...] = self.x.T @ dout
        self.db[...] = dout.sum(axis=0)
        return dout @ self.W.T


class BuiltOnFirstCall:
    def __init__(self, units=3):
        self.units = units
        self.W = None
        self.b = None

    def forward(self, x):
        if self.W is None:
            self.W = np.random.randn(x.shape[-1], self.units) * 0.3
            self.b = np.zeros(self.units)
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class CovarianceOfBatch:
    """Features in, a matrix of features by features out."""

    def forward(self, x):
        self.centred = x - x.mean(axis=0)
        return self.centred.T @ self.centred / len(x)

    def backward(self, dout):
        dc = self.centred @ (dout + dout.T) / len(self.centred)
        return dc - dc.mean(axis=0)


class SumOverBatch:
    def forward(self, x):
        self.x = x
        return np.sum(x**2)

    def backward(self, dout):
        return dout * 2 * self.x


class ReturnedDictionary:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        gradients = {"W": self.x.T @ dout, "b": dout.sum(axis=0)}
        return dout @ self.W.T, gradients


class TwoInputs:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * np.exp(y)

    def backward(self, dout):
        dx = dout * np.exp(self.y)
        dy = dout * self.x * np.exp(self.y)
        return dx, dy


class BroadcastProduct:
    """One learned gate per feature and one for all."""

    def __init__(self, num_features):
        self.gate = np.ones((1, num_features))
        self.scale = np.ones((1, 1))

    def forward(self, x):
        self.x = x
        return x * self.gate * self.scale

    def backward(self, dout):
        self.dgate = (dout * self.x * self.scale).sum(axis=0, keepdims=True)
        self.dscale = np.sum(dout * self.x * self.gate).reshape(1, 1)
        return dout * self.gate * self.scale
