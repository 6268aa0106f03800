"""Functions whose backward or derivative is wrong: layers and activations."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "affine_forward": {
        "check": "gradient",
        "wrt": ["b"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "scaled_affine_forward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_factor",
        "diagnosis": ["scale", "passed_over"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09}
    },
    "relu6": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask_missing",
        "diagnosis": ["local_derivative", "mask", "region", "passed_over"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "leaky": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask_missing",
        "diagnosis": ["local_derivative", "mask", "region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07, "reference": 1e-11}
    },
    "sigmoid": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "sign",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "tanh": {
        "check": "gradient",
        "wrt": ["z"],
        "explanation": "missing_power",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11}
    },
    "softmax_forward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "diagonal_only",
        "diagnosis": ["diagonal"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "layer_norm_forward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "order_of_operations",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "batch_norm_forward": {
        "check": "gradient",
        "wrt": ["gamma"],
        "explanation": "input_for_output",
        "diagnosis": ["quantity"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "dropout_forward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_factor",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "conv_forward_loops": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "overwritten",
        "diagnosis": ["overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "max_pool_forward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "overwritten",
        "diagnosis": ["overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "mean_pool_forward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_factor",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-13, "finite_difference": 1e-10}
    },
}


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def affine_backward(dout, cache):
    """Means the bias gradient over the batch and sums that of the weights."""
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


def scaled_affine_forward(x, w, b, alpha):
    return alpha * (x @ w) + b, (x, w, alpha)


def scaled_affine_backward(dout, cache):
    """The scale was added to forward later, and to the weights' gradient, but not to the input's."""
    x, w, alpha = cache
    return dout @ w.T, alpha * x.T @ dout, dout.sum(axis=0)


def relu6(x):
    return np.clip(4 * x, 0, 6)


def relu6_grad(x):
    """Clips at six on the way there and masks only below zero on the way back."""
    return 4.0 * (x > 0)


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def leaky_backward(dout, x):
    """Leaves out the slope of the closed half."""
    return dout * (x > 0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_prime(y):
    """Knew the derivative by heart, with the wrong sign inside."""
    return y * (1 + y)


def tanh(z):
    return np.tanh(z)


def d_tanh(z):
    """Forgot the square."""
    return 1 - np.tanh(z)


def softmax_forward(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p, p


def softmax_backward(dout, cache):
    """Takes softmax for a function of each entry alone."""
    return dout * cache * (1 - cache)


def layer_norm_forward(x, gamma, beta, ln_param):
    deviation = np.sqrt(x.var(axis=1, keepdims=True) + ln_param["eps"])
    x_hat = (x - x.mean(axis=1, keepdims=True)) / deviation
    return gamma * x_hat + beta, (x_hat, deviation, gamma)


def layer_norm_backward(dout, cache):
    """Multiplies by gamma after the means are taken off instead of before."""
    x_hat, deviation, gamma = cache
    centred = dout - dout.mean(axis=1, keepdims=True) - x_hat * (dout * x_hat).mean(axis=1, keepdims=True)
    return gamma * centred / deviation, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def batch_norm_forward(x, gamma, beta, bn_param):
    inverse = 1 / np.sqrt(x.var(axis=0) + bn_param["eps"])
    x_hat = (x - x.mean(axis=0)) * inverse
    return gamma * x_hat + beta, (x, x_hat, inverse, gamma)


def batch_norm_backward(dout, cache):
    """Multiplies the upstream gradient by x where the normalised x belongs."""
    x, x_hat, inverse, gamma = cache
    mean = dout.mean(axis=0) + x_hat * (dout * x_hat).mean(axis=0)
    return gamma * inverse * (dout - mean), (dout * x).sum(axis=0), dout.sum(axis=0)


def dropout_forward(x, dropout_param):
    np.random.seed(dropout_param["seed"])
    kept = np.random.rand(*x.shape) < dropout_param["p"]
    return x * kept / dropout_param["p"], kept


def dropout_backward(dout, cache):
    """Divides by the share kept on the way there only."""
    return dout * cache


def conv_forward_loops(x, w, b, conv_param):
    stride = conv_param["stride"]
    rows = (x.shape[2] - w.shape[2]) // stride + 1
    out = np.zeros((len(x), len(w), rows, rows))
    for i in range(rows):
        for j in range(rows):
            window = x[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
            out[:, :, i, j] = np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (x, w, b, conv_param)


def conv_backward_loops(dout, cache):
    """Writes each window's share of the input gradient over that of the window before."""
    x, w, b, conv_param = cache
    stride = conv_param["stride"]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = (..., slice(i * stride, i * stride + w.shape[2]), slice(j * stride, j * stride + w.shape[3]))
            dw += np.tensordot(dout[:, :, i, j], x[place], (0, 0))
            dx[place] = np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dx, dw, dout.sum(axis=(0, 2, 3))


def max_pool_forward(x, pool_param):
    size, stride = pool_param["pool_height"], pool_param["stride"]
    rows = (x.shape[2] - size) // stride + 1
    out = np.zeros((*x.shape[:2], rows, rows))
    for i in range(rows):
        for j in range(rows):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size].max(axis=(2, 3))
    return out, (x, out, pool_param)


def max_pool_backward(dout, cache):
    """Tried with windows that do not overlap, where `=` and `+=` are the same."""
    x, out, pool_param = cache
    size, stride = pool_param["pool_height"], pool_param["stride"]
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = (..., slice(i * stride, i * stride + size), slice(j * stride, j * stride + size))
            largest = x[place] == out[:, :, i, j, None, None]
            dx[place] = np.where(largest, dout[:, :, i, j, None, None], dx[place])
    return dx


def mean_pool_forward(x):
    return x.mean(axis=(2, 3)), x.shape


def mean_pool_backward(dout, cache):
    """Hands the gradient of a mean to every entry without dividing it among them."""
    return np.broadcast_to(dout[:, :, None, None], cache).copy()
