"""Layers with a state, a cache of their own kind, or two modes: right however they are driven, or made for one way."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "StackOfCalls": {"may_be": ["passed"], "trap": "one cache per call, taken back by backward in reverse"},
    "QueueOfCalls": {"may_be": ["passed"], "trap": "one cache per call, first in first out"},
    "UsesUpItsCache": {"may_be": ["passed"], "trap": "backward writes into what forward kept"},
    "ForgetsAfterBackward": {"may_be": ["passed"], "trap": "the cache is None after backward; a second one raises"},
    "KeepsHiddenState": {"may_be": ["passed"], "trap": "forward depends on the call before"},
    "RunningStatistics": {"may_be": ["passed"], "trap": "two modes, a state that moves in one, both backwards right"},
    "TrainingOnlyStatistics": {"may_be": ["passed"], "trap": "backward was written for training, raises in evaluation"},
    "DropoutByArgument": {"may_be": ["passed"], "trap": "the mode is an argument of forward"},
    "MaskKeptForEvaluation": {"may_be": ["passed"], "trap": "in evaluation the mask is 1"},
    "MaskForgottenInEvaluation": {"may_be": ["passed"], "trap": "in evaluation there is no mask, whatever came before"},
    "MaskOfTrainingAlone": {"may_be": ["passed"], "trap": "evaluation is scaled, and has no backward until a step was taken"},
    "ClearsItsGradients": {"may_be": ["passed"], "trap": "gradients are added to and cleared by zero_grad"},
    "GradientsSetToNone": {"may_be": ["passed"], "trap": "zero_grad leaves None, backward makes an array"},
    "TransposedWithWeights": {"may_be": ["passed"], "trap": "a view of the weights that follows them in place"},
    "ReturnsItsTable": {"may_be": ["passed"], "trap": "forward answers with a view of its parameter"},
    "CountsItsCalls": {"may_be": ["passed"], "trap": "a class attribute counts, and nothing depends on it"},
    "NoPickle": {"may_be": ["passed"], "trap": "a lambda among its attributes cannot be pickled"},
    "FixedBatch": {"may_be": ["passed"], "trap": "the batch size is the constructor's"},
    "SharedBufferReset": {"may_be": ["passed"], "trap": "a work array that every call clears and nobody is handed"},
    "CollectsUntilFlushed": {"may_be": ["passed"], "trap": "every call is kept until a method of its own forgets them"},
    "KeepsOutputOnly": {"may_be": ["passed"], "trap": "returns the array that it keeps"},
    "LogOfOnePlus": {"may_be": ["passed"], "trap": "1e-12 under a logarithm is below float32's epsilon"},
    "CenteredRowsTwice": {"may_be": ["passed"], "trap": "rows of equal entries are zero in forward and in backward"},
}


class StackOfCalls:
    def __init__(self):
        self.kept = []

    def forward(self, x):
        self.kept.append(np.tanh(x))
        return self.kept[-1].copy()

    def backward(self, dout):
        return dout * (1 - self.kept.pop() ** 2)


class QueueOfCalls:
    def __init__(self):
        self.kept = []

    def forward(self, x):
        self.kept.append(x.copy())
        return np.sin(x)

    def backward(self, dout):
        return dout * np.cos(self.kept.pop(0))


class UsesUpItsCache:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y.copy()

    def backward(self, dout):
        self.y *= 1 - self.y
        self.y *= dout
        return self.y.copy()


class ForgetsAfterBackward:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.x = None
        return dout @ self.W.T


class KeepsHiddenState:
    def __init__(self, hidden_size):
        self.W = np.random.randn(hidden_size, hidden_size) * 0.3
        self.h = None

    def forward(self, x):
        self.before = np.zeros_like(x) if self.h is None or self.h.shape != x.shape else self.h
        self.h = np.tanh(x + self.before @ self.W)
        return self.h.copy()

    def backward(self, dout):
        dz = dout * (1 - self.h**2)
        self.dW = self.before.T @ dz
        return dz


class RunningStatistics:
    def __init__(self, num_features):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self.training = True

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def forward(self, x):
        mean, var = self.running_mean, self.running_var
        if self.training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = 0.9 * self.running_mean + 0.1 * mean
            self.running_var = 0.9 * self.running_var + 0.1 * var
        self.std = np.sqrt(var + 1e-5)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        self.dgamma = np.sum(dout * self.x_hat, axis=0)
        self.dbeta = np.sum(dout, axis=0)
        g = dout * self.gamma
        if self.training:
            g = g - g.mean(axis=0) - self.x_hat * np.mean(g * self.x_hat, axis=0)
        return g / self.std


class TrainingOnlyStatistics:
    def __init__(self, num_features):
        self.running_mean = np.zeros(num_features)
        self.training = True

    def forward(self, x):
        self.cache = None
        if not self.training:
            return x - self.running_mean
        mean = x.mean(axis=0)
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean
        self.cache = x.shape[0]
        return x - mean

    def backward(self, dout):
        return dout - dout.sum(axis=0) / self.cache


class DropoutByArgument:
    def __init__(self, p=0.4):
        self.p = p

    def forward(self, x, training=True):
        self.mask = (np.random.rand(*x.shape) >= self.p) / (1 - self.p) if training else np.ones(x.shape)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class MaskKeptForEvaluation:
    def __init__(self, p=0.4):
        self.p = p
        self.is_training = True

    def forward(self, x):
        self.mask = 1.0
        if self.is_training:
            self.mask = (np.random.rand(*x.shape) >= self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class ClearsItsGradients:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.zero_grad()

    def zero_grad(self):
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db += dout.sum(axis=0)
        return dout @ self.W.T


class GradientsSetToNone:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.dW = None

    def zero_grad(self):
        self.dW = None

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        dW = self.x.T @ dout
        self.dW = dW if self.dW is None else self.dW + dW
        return dout @ self.W.T


class TransposedWithWeights:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.WT = self.W.T

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.WT


class ReturnsItsTable:
    def __init__(self, num_features):
        self.table = np.random.randn(4, num_features)

    def forward(self, x):
        self.x = x
        return self.table[: x.shape[0]] if np.all(x == 0) else self.table[: x.shape[0]] + x

    def backward(self, dout):
        self.dtable = np.zeros_like(self.table)
        self.dtable[: dout.shape[0]] = dout
        return dout.copy()


class CountsItsCalls:
    calls = 0

    def forward(self, x):
        CountsItsCalls.calls += 1
        self.x = x
        return x**2

    def backward(self, dout):
        return 2 * self.x * dout


class NoPickle:
    def __init__(self):
        self.function = lambda z: np.tanh(z) + 0.5 * z

    def forward(self, x):
        self.y = np.tanh(x)
        return self.function(x)

    def backward(self, dout):
        return dout * (1.5 - self.y**2)


class FixedBatch:
    def __init__(self, batch_size=4, in_features=8):
        self.W = np.random.randn(in_features, 5) * 0.3
        self.kept = np.zeros((batch_size, in_features))

    def forward(self, x):
        self.kept[...] = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.kept.T @ dout
        return dout @ self.W.T


class SharedBufferReset:
    def __init__(self):
        self.work = None

    def forward(self, x):
        self.x = x
        return np.cumsum(x, axis=-1)

    def backward(self, dout):
        if self.work is None or self.work.shape != dout.shape:
            self.work = np.empty_like(dout)
        self.work[...] = dout[..., ::-1]
        return np.cumsum(self.work, axis=-1)[..., ::-1]


class CollectsUntilFlushed:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.flush_gradients()

    def flush_gradients(self):
        self.inputs = []
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        self.inputs.append(x)
        return x @ self.W

    def backward(self, dout):
        for x in self.inputs:
            self.dW += x.T @ dout
        return dout @ self.W.T


class KeepsOutputOnly:
    def forward(self, x):
        self.output = np.tanh(x)
        return self.output

    def backward(self, dout):
        self.dinputs = dout * (1 - self.output**2)
        return self.dinputs


class LogOfOnePlus:
    def forward(self, x):
        self.square = x**2
        return np.log(self.square + 1 + 1e-12) * x

    def backward(self, dout):
        return dout * (np.log(self.square + 1 + 1e-12) + 2 * self.square / (self.square + 1 + 1e-12))


class CenteredRowsTwice:
    def forward(self, x):
        self.z = x - x.mean(axis=-1, keepdims=True)
        return self.z**3

    def backward(self, dout):
        g = 3 * self.z**2 * dout
        return g - g.mean(axis=-1, keepdims=True)


class MaskForgottenInEvaluation:
    def __init__(self, p=0.5):
        self.p, self.mask = p, None

    def forward(self, x, train=True):
        self.mask = (np.random.rand(*x.shape) < self.p) / self.p if train else None
        return x if self.mask is None else x * self.mask

    def backward(self, dout):
        return dout if self.mask is None else dout * self.mask


class MaskOfTrainingAlone:
    def __init__(self, dropout_ratio=0.5):
        self.dropout_ratio, self.mask = dropout_ratio, None

    def forward(self, x, train_flg=True):
        if train_flg:
            self.mask = np.random.rand(*x.shape) > self.dropout_ratio
            return x * self.mask
        return x * (1.0 - self.dropout_ratio)

    def backward(self, dout):
        return dout * self.mask
