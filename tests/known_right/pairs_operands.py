"""Right functions of two operands, biases and scales: summed as their shapes say, or made for equal shapes alone."""

import numpy as np

LEDGER = {
    "mul_forward": {"may_be": ["passed"], "trap": "a product of equal shapes; others meet by broadcasting only"},
    "add_forward": {"may_be": ["passed"], "trap": "b is an operand beside a, and no bias"},
    "sub_forward": {"may_be": ["passed"], "trap": "operands of any shapes that meet"},
    "gate_forward": {"may_be": ["passed"], "trap": "one factor a row; a vector beside a column is an outer product"},
    "row_forward": {"may_be": ["passed"], "trap": "the second operand is one row, (1, D)"},
    "add_bias_forward": {"may_be": ["passed"], "trap": "a bias without a weight, x handed on"},
    "scale_forward": {"may_be": ["passed"], "trap": "a scale without a weight"},
    "turned_forward": {"may_be": ["passed"], "trap": "forward turns the weights where they do not fit, and so does backward"},
    "distance_forward": {"may_be": ["passed"], "trap": "only equal shapes are meant, and the answer has fewer axes"},
    "Product": {"may_be": ["passed"], "trap": "a layer of two operands of equal shapes"},
}


def mul_forward(a, b):
    return a * b, (a, b)


def mul_backward(dout, cache):
    a, b = cache
    return dout * b, dout * a


def add_forward(a, b):
    return a + b


def add_backward(dout):
    return dout, dout


def _summed(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


def sub_forward(x, y):
    return x - y, (x, y)


def sub_backward(dout, cache):
    x, y = cache
    return _summed(dout, x.shape), _summed(-dout, y.shape)




def gate_forward(x, s):
    return x * s, (x, s)


def gate_backward(dout, cache):
    x, s = cache
    return dout * s, (dout * x).sum(axis=1, keepdims=True)


def row_forward(x, y):
    return x * y, (x, y)


def row_backward(dout, cache):
    x, y = cache
    return dout * y, (dout * x).sum(axis=0, keepdims=True)


def add_bias_forward(x, b):
    return x + b, x.shape


def add_bias_backward(dout, cache):
    return dout, dout.sum(axis=0)


def scale_forward(x, gamma):
    return x * gamma, (x, gamma)


def scale_backward(dout, cache):
    x, gamma = cache
    return dout * gamma, np.sum(dout * x, axis=0)




def turned_forward(x, w):
    return x @ (w if x.shape[1] == w.shape[0] else w.T), (x, w)


def turned_backward(dout, cache):
    x, w = cache
    if x.shape[1] == w.shape[0]:
        return dout @ w.T, x.T @ dout
    return dout @ w, dout.T @ x


def distance_forward(x, y):
    return ((x - y) ** 2).sum(axis=1), (x, y)


def distance_backward(dout, cache):
    x, y = cache
    dx = 2.0 * dout[:, None] * (x - y)
    return dx, -dx


class Product:
    def forward(self, a, b):
        self.a, self.b = a, b
        return a * b

    def backward(self, dout):
        return dout * self.b, dout * self.a
