"""A dozen layers whose loss still falls and whose gradient is wrong; each mistake is one people make.

`PLANTED` names the check that finds it. The last class is right, so that you see what a pass looks like.
"""

import numpy as np

PLANTED = {
    "LinearMeanBias": "gradient",
    "LinearKeepsRow": "contract",
    "SigmoidOfInput": "gradient",
    "LeakyReLUForgetsSlope": "gradient",
    "ReLUMaskFromGradient": "linearity",
    "SoftmaxDiagonalOnly": "gradient",
    "LayerNormWithoutMeanTerm": "gradient",
    "DropoutWithoutScale": "gradient",
    "MeanSquaredErrorTwice": "gradient",
    "CrossEntropyNotAveraged": "gradient",
    "EmbeddingAssigns": "gradient",
    "Conv1dFlipsNothing": "gradient",
}


class LinearMeanBias:
    """The bias gradient is a mean over the batch, the weight gradient a sum."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) / np.sqrt(in_features)
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.mean(axis=0)
        return dout @ self.W.T


class LinearKeepsRow(LinearMeanBias):
    """keepdims=True leaves a row: `b -= lr * db` broadcasts b to a matrix without a word."""

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0, keepdims=True)
        return dout @ self.W.T


class SigmoidOfInput:
    """x (1 - x) where y (1 - y) belongs."""

    def forward(self, x):
        self.x = x
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.x * (1 - self.x)


class LeakyReLUForgetsSlope:
    """Backward is that of a plain ReLU."""

    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, dout):
        return dout * (self.x > 0)


class ReLUMaskFromGradient:
    """The mask is taken from the incoming gradient instead of the input."""

    def forward(self, x):
        return np.maximum(x, 0)

    def backward(self, dout):
        dx = dout.copy()
        dx[dx <= 0] = 0
        return dx


class SoftmaxDiagonalOnly:
    """p (1 - p): the off-diagonal of the Jacobian is forgotten."""

    def forward(self, x):
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        self.p = e / e.sum(axis=-1, keepdims=True)
        return self.p

    def backward(self, dout):
        return dout * self.p * (1 - self.p)


class LayerNormWithoutMeanTerm:
    """The term that comes from the mean is missing; at gamma = 1 and with an upstream of ones nobody sees it."""

    def __init__(self, features=8, eps=1e-5):
        self.gamma = np.ones(features)
        self.beta = np.zeros(features)
        self.eps = eps

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        self.x_hat = (x - x.mean(axis=-1, keepdims=True)) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        self.dgamma = (dout * self.x_hat).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        dx_hat = dout * self.gamma
        return (dx_hat - self.x_hat * (dx_hat * self.x_hat).mean(axis=-1, keepdims=True)) / self.std


class DropoutWithoutScale:
    """Forward divides by the keep probability, backward does not."""

    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x, training=True):
        if not training:
            return x
        self.mask = np.random.rand(*x.shape) > self.p
        return x * self.mask / (1 - self.p)

    def backward(self, dout):
        return dout * self.mask


class MeanSquaredErrorTwice:
    """The textbook mistake: the loss has no one half, its gradient is that of the loss with it."""

    def forward(self, prediction, target):
        self.difference = prediction - target
        return np.mean(self.difference**2)

    def backward(self):
        return self.difference / self.difference.size


class CrossEntropyNotAveraged:
    """The loss is a mean over the batch, the gradient that of the sum: the learning rate grows with the batch."""

    def forward(self, logits, target):
        shifted = logits - logits.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.target = target
        return -self.log_p[np.arange(len(target)), target].mean()

    def backward(self):
        grad = np.exp(self.log_p)
        grad[np.arange(len(self.target)), self.target] -= 1
        return grad


class EmbeddingAssigns:
    """`dW[ids] += dout` adds a repeated id once; np.add.at adds it every time."""

    def __init__(self, vocab_size=7, dim=5):
        self.W = np.random.randn(vocab_size, dim)

    def forward(self, ids):
        self.ids = ids
        return self.W[ids]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        self.dW[self.ids] += dout


class Conv1dFlipsNothing:
    """The gradient of the input correlates with the kernel where it must convolve: the flip is missing."""

    def __init__(self, kernel_size=3):
        self.w = np.random.randn(kernel_size)

    def forward(self, x):
        self.x = x
        k = len(self.w)
        return np.stack([x[:, i : i + k] @ self.w for i in range(x.shape[1] - k + 1)], axis=1)

    def backward(self, dout):
        k, n = len(self.w), dout.shape[1]
        self.dw = sum(self.x[:, i : i + k].T @ dout[:, i] for i in range(n))
        dx = np.zeros_like(self.x)
        for i in range(n):
            dx[:, i : i + k] += dout[:, i : i + 1] * self.w[::-1]
        return dx


class Tanh:
    """Right."""

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y**2)
