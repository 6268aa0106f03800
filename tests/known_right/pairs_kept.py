"""Right functions and objects whose backward is handed what forward answers beside its output, under names of its own."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "rectify_forward": {"may_be": ["passed"], "trap": "a mask that has no name where forward returns it"},
    "logistic_forward": {"may_be": ["passed"], "trap": "what is kept is called as an upstream gradient is"},
    "magnitude_forward": {"may_be": ["passed"], "trap": "two are kept, one of them by its name"},
    "diagonal_forward": {"may_be": ["passed"], "trap": "the shape of what it was handed"},
    "StaticRectifier": {"may_be": ["passed"], "trap": "a static method that answers with its mask"},
    "KeepsItsSlope": {"may_be": ["passed"], "trap": "an object that keeps nothing and answers with the slope"},
    "alignment_loss": {"may_be": ["passed"], "trap": "its gradients are a tuple within the answer"},
    "ranking_loss": {"may_be": ["passed"], "trap": "one gradient is the other's negative"},
    "bound_loss": {"may_be": ["passed"], "trap": "its value has no name, and its gradient is divided where returned"},
}


def rectify_forward(x):
    return np.maximum(x, 0), (x > 0).astype(x.dtype)


def rectify_backward(dout, mask):
    return dout * mask


def logistic_forward(x):
    s = 1 / (1 + np.exp(-x))
    return s, s * (1 - s)


def logistic_backward(dout, deriv):
    return dout * deriv


def magnitude_forward(x):
    y = np.sqrt(np.abs(x) + 1)
    return y, np.sign(x)


def magnitude_backward(dout, y, direction):
    return dout * direction / (2 * y)


def diagonal_forward(M):
    return np.trace(M), M.shape


def diagonal_backward(dout, shape):
    return dout * np.eye(*shape)


class StaticRectifier:
    @staticmethod
    def forward(x):
        return np.maximum(x, 0), x > 0

    @staticmethod
    def backward(dout, mask):
        return dout * mask


class KeepsItsSlope:
    def __init__(self, n_in):
        self.scale = np.full(n_in, 0.7)

    def forward(self, x):
        return np.tanh(x), 1 - np.tanh(x) ** 2

    def backward(self, dout, slope):
        return dout * slope


def alignment_loss(x1, x2):
    e = np.tanh(x1 * x2)
    loss = e.sum() / len(x1)
    dx1, dx2 = x2 * (1 - e**2) / len(x1), x1 * (1 - e**2) / len(x1)
    return loss, (dx1, dx2)


def ranking_loss(x1, x2):
    gap = x2 - x1
    loss = np.logaddexp(0, gap).mean()
    dx2 = 1 / (1 + np.exp(-gap)) / gap.size
    return loss, -dx2, dx2


def bound_loss(scores, target):
    dscores = np.tanh(scores - target)
    return np.log(np.cosh(scores - target)).sum() / len(scores), dscores / len(scores)
