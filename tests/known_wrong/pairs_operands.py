"""Functions of two operands, biases and scales whose gradients miss a sum, or are right for some shapes only."""

import numpy as np

LEDGER = {
    "add_bias_forward": {"check": "contract", "wrt": ["b"], "explanation": "missing_broadcast_sum", "diagnosis": ["reduction"], "oracles": [], "smallest": {}},
    "shift_forward": {"check": "contract", "wrt": ["offset"], "explanation": "missing_broadcast_sum", "diagnosis": ["reduction"], "oracles": [], "smallest": {}},
    "scale_forward": {"check": "contract", "wrt": ["gamma"], "explanation": "missing_broadcast_sum", "diagnosis": ["reduction"], "oracles": [], "smallest": {}},
    "mul_forward": {"check": "shapes", "wrt": ["b"], "explanation": "missing_broadcast_sum", "oracles": [], "smallest": {}},
    "sub_forward": {"check": "shapes", "wrt": ["x"], "explanation": "missing_broadcast_sum", "oracles": [], "smallest": {}},
    "add_forward": {"check": "shapes", "wrt": ["a"], "explanation": "missing_broadcast_sum", "oracles": [], "smallest": {}},
    "project_forward": {"check": "shapes", "wrt": ["x"], "explanation": "transposed", "oracles": [], "smallest": {}},
    "mixed_forward": {"check": "shapes", "wrt": ["w"], "explanation": "transposed", "oracles": [], "smallest": {}},
    "tilted_forward": {"check": "shapes", "wrt": ["b"], "explanation": "size", "oracles": [], "smallest": {}},
}


def add_bias_forward(x, b):
    return x + b, (x, b)


def add_bias_backward(dout, cache):
    """The derivative of a sum is one, for the rows and for what every row was given."""
    return dout, dout


def shift_forward(x, offset):
    return np.tanh(x + offset)


def shift_backward(dout, out):
    dz = dout * (1.0 - out**2)
    return dz, dz


def scale_forward(x, gamma):
    return x * gamma, (x, gamma)


def scale_backward(dout, cache):
    """Each row has a gradient of the factors, and they were not added up."""
    x, gamma = cache
    dx = dout * gamma
    dgamma = dout * x
    return dx, dgamma


def mul_forward(a, b):
    return a * b, (a, b)


def mul_backward(dout, cache):
    """Sums over the rows where b has fewer axes, and forgets those where it has as many, one of them of length one."""
    a, b = cache
    db = dout * a
    if b.ndim < db.ndim:
        db = db.sum(axis=0)
    return dout * b, db


def _fewer_axes(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return gradient


def sub_forward(x, y):
    return x - y, (x.shape, y.shape)


def sub_backward(dout, cache):
    """Undoes the axes that broadcasting put in front, not those that it stretched."""
    x_shape, y_shape = cache
    return _fewer_axes(dout, x_shape), _fewer_axes(-dout, y_shape)


def _summed(gradient, shape):
    gradient = _fewer_axes(gradient, shape)
    for axis, length in enumerate(shape):
        if length == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient




def add_forward(a, b):
    return a + b, (a, b)


def add_backward(dout, cache):
    """Only the second operand was ever the small one."""
    _, b = cache
    return dout, _summed(dout, b.shape)


def project_forward(x, w):
    return x @ w, (x, w)


def project_backward(dout, cache):
    """Turns the weights only where they would not fit otherwise: of a square matrix they always do."""
    x, w = cache
    dx = dout @ (w if dout.shape[1] == w.shape[0] else w.T)
    return dx, x.T @ dout


def mixed_forward(x, w):
    return np.maximum(x @ w, 0.1 * (x @ w)), (x, w)


def mixed_backward(dout, cache):
    """Turns a gradient of the weights that has not their shape, and one of a square matrix always has."""
    x, w = cache
    dz = dout * np.where(x @ w > 0, 1.0, 0.1)
    dw = dz.T @ x
    if dw.shape != w.shape:
        dw = dw.T
    return dz @ w.T, dw


def tilted_forward(x, w, b):
    return x @ w + b, (x, w, b)


def tilted_backward(dout, cache):
    """Finds the axis of the rows by their number, which may be that of the columns as well."""
    x, w, b = cache
    axis = 1 if dout.shape[0] == b.shape[0] else 0
    return dout @ w.T, x.T @ dout, dout.sum(axis=axis)
