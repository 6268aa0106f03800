"""Wrong formulas that recur in hand-written backward passes, each beside its right form."""

import numpy as np


class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, g):
        return g * self.p * (1 - self.p)  # GRC601


class SoftmaxByBatch:
    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, g):
        return self.p * (g - (g * self.p).sum(axis=1, keepdims=True))


class LogSoftmax:
    def forward(self, x):
        self.y = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
        return self.y

    def backward(self, g):
        n = g.shape[0]
        dx = (g - np.exp(self.y) * g.sum(axis=1, keepdims=True)) / n  # GRC614
        return dx


class Dense:
    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, delta):
        self.dW = np.dot(self.x.T, delta)
        self.db = np.mean(delta, axis=0)  # GRC602
        return np.dot(delta, self.W.T)


class AveragingDense:
    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, delta):
        m = self.x.shape[0]
        self.dW = np.dot(self.x.T, delta) / m
        self.db = np.sum(delta, axis=0) / m
        return np.dot(delta, self.W.T)


def max_pool_backward(dout, x, size, stride):
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            top, left = i * stride, j * stride
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            mask = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, i * stride : i * stride + size, j * stride : j * stride + size] = mask * dout[:, :, i, j]  # GRC603
    return dx


def sum_pool_backward(dout, x, size):
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i * size : (i + 1) * size, j * size : (j + 1) * size] = dout[:, :, i : i + 1, j : j + 1]
    return dx


class Embedding:
    def forward(self, words):
        self.words = words
        return self.W[words]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        self.dW[self.words] += dout  # GRC604


class Sigmoid:
    def forward(self, x):
        self.x = x
        return 1.0 / (1.0 + np.exp(-x))

    def backward(self, dout):
        return dout * self.x * (1.0 - self.x)  # GRC605


def tanh(x):
    return np.tanh(x)


def tanh_prime(x):
    return 1 - tanh(x) ** 2


def two_layers(x, w, v):
    h = tanh(x @ w)
    return (h @ v) * tanh_prime(h)  # GRC606


class Dropout:
    def forward(self, x):
        self.mask = np.random.rand(*x.shape) > self.p
        return x * self.mask / (1 - self.p)

    def backward(self, dout):
        return dout * self.mask  # GRC607


class ScaledDropout:
    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) > self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[dout < 0] = 0  # GRC608
    return dx


class OpenReLU:
    def forward(self, x):
        self.out = np.maximum(0, x)
        return self.out

    def backward(self, dout):
        return dout * (self.out >= 0)  # GRC613


class MeanAbsoluteError:
    def forward(self, y_pred, y_true):
        return np.mean(np.abs(y_true - y_pred))

    def backward(self, y_pred, y_true):
        return np.sign(y_true - y_pred) / y_pred.size  # GRC609


class SquaredErrorLoss:
    def forward(self, y_pred, y_true):
        return np.mean((y_pred - y_true) ** 2)

    def backward(self, y_pred, y_true):
        return 2 * (y_pred - y_true)  # GRC611


def conv_backward(dout, x, w, pad):
    dx = np.zeros((x.shape[0] + 2 * pad, x.shape[1] + 2 * pad))
    dx += spread(dout, w)
    return dx[pad:-pad, pad:-pad]  # GRC610


def conv_backward_guarded(dout, x, w, pad):
    dx = spread(dout, w)
    return dx[pad:-pad, pad:-pad] if pad > 0 else dx


def elu_slope(x, a):
    return x > 0.0 + (x <= 0.0) * a * np.exp(x)  # GRC612


class BatchNorm:
    def forward(self, x):
        self.std = np.sqrt(x.var(axis=0) + 1e-5)
        self.x_hat = (x - x.mean(axis=0)) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        self.dgamma = (dout * self.x_hat).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        return dout * self.gamma / self.std  # GRC615


def softmax(x):
    return x


def spread(dout, w):
    return dout


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y)  # GRC616


class BookRelu:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        return dout * self.mask  # GRC617


class LonelySigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return self.y * (1 - self.y)  # GRC618


class LeakyReLU:
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1.0, 0.01)  # GRC619


class OutputForSlope:
    def forward(self, x):
        self.out = np.maximum(0, x)
        return self.out

    def backward(self, dout):
        return dout * self.out  # GRC620


class MeanSquaredError:
    def forward(self, y_pred, y_true):
        return np.mean((y_pred - y_true) ** 2)

    def backward(self, y_pred, y_true):
        return (y_pred - y_true) / y_pred.size  # GRC621


class CrossEntropyLoss:
    def forward(self, logits, y_true):
        self.p, self.y_true = softmax(logits), y_true
        return -np.sum(y_true * np.log(self.p))

    def backward(self):
        return self.y_true - self.p  # GRC609
