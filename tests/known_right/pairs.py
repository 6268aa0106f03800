"""Right functions and their backward or derivative, in the ways people pair them."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "affine_forward": {"may_be": ["passed"], "trap": "weights as arguments, gradients as a tuple"},
    "relu_forward": {"may_be": ["passed"], "trap": "the cache is a mask"},
    "sigmoid": {"may_be": ["passed"], "trap": "a derivative of the output"},
    "tanh": {"may_be": ["passed"], "trap": "a derivative of the input, d before the name"},
    "softmax": {"may_be": ["passed"], "trap": "the cache is the answer itself"},
    "softmin": {"may_be": ["passed"], "trap": "a Jacobian for each row"},
    "layer_norm_forward": {"may_be": ["passed"], "trap": "settings in a dictionary"},
    "batch_norm_forward": {"may_be": ["passed"], "trap": "running statistics kept in the dictionary it is handed"},
    "dropout_forward": {"may_be": ["passed"], "trap": "a mask seeded from the dictionary"},
    "conv_forward_loops": {"may_be": ["passed"], "trap": "stride and pad in a dictionary, a suffix behind both names"},
    "max_pool_forward": {"may_be": ["passed"], "trap": "windows that overlap"},
    "valve_forward": {"may_be": ["passed"], "trap": "shut at every second draw; what is kept has one name only there"},
    "group_norm_forward": {"may_be": ["passed"], "trap": "a number of groups among the arrays"},
}


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def relu_forward(x):
    mask = x > 0
    return x * mask, mask


def relu_backward(dout, mask_cache):
    return dout * mask_cache


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_prime(y):
    return y * (1 - y)


def tanh(x):
    return np.tanh(x)


def dtanh(x):
    return 1 - np.tanh(x) ** 2


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(upstream, out):
    return out * (upstream - (upstream * out).sum(axis=-1, keepdims=True))


def softmin(x):
    return softmax(-x)


def softmin_derivative(x):
    p = softmin(x)
    return p[:, :, None] * p[:, None, :] - p[:, :, None] * np.eye(x.shape[1])


def layer_norm_forward(x, gamma, beta, ln_param):
    deviation = np.sqrt(x.var(axis=1, keepdims=True) + ln_param.get("eps", 1e-5))
    x_hat = (x - x.mean(axis=1, keepdims=True)) / deviation
    return gamma * x_hat + beta, (x_hat, deviation, gamma)


def layer_norm_backward(dout, cache):
    x_hat, deviation, gamma = cache
    g = dout * gamma
    dx = (g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)) / deviation
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def batch_norm_forward(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        return gamma * (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"]) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = 0.9 * bn_param.get("running_mean", 0) + 0.1 * mean
    bn_param["running_var"] = 0.9 * bn_param.get("running_var", 1) + 0.1 * var
    inverse = 1 / np.sqrt(var + bn_param.get("eps", 1e-5))
    x_hat = (x - mean) * inverse
    return gamma * x_hat + beta, (x_hat, inverse, gamma)


def batch_norm_backward(dout, cache):
    x_hat, inverse, gamma = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma * inverse * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout)), dgamma, dbeta


def dropout_forward(x, dropout_param):
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    keep = dropout_param["p"]
    mask = (np.random.rand(*x.shape) < keep) / keep
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


def conv_forward_loops(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows = (padded.shape[2] - w.shape[2]) // stride + 1
    out = np.zeros((len(x), len(w), rows, rows))
    for i in range(rows):
        for j in range(rows):
            window = padded[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
            out[:, :, i, j] = np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (x, w, b, conv_param)


def conv_backward_loops(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = (..., slice(i * stride, i * stride + w.shape[2]), slice(j * stride, j * stride + w.shape[3]))
            dw += np.tensordot(dout[:, :, i, j], padded[place], (0, 0))
            dpadded[place] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dpadded[:, :, pad:-pad, pad:-pad] if pad else dpadded, dw, dout.sum(axis=(0, 2, 3))


def max_pool_forward(x, pool_param):
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    rows, columns = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width].max(axis=(2, 3))
    return out, (x, out, pool_param)


def max_pool_backward(dout, cache):
    x, out, pool_param = cache
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = (..., slice(i * stride, i * stride + height), slice(j * stride, j * stride + width))
            largest = x[place] == out[:, :, i, j, None, None]
            dx[place] += largest / largest.sum(axis=(2, 3), keepdims=True) * dout[:, :, i, j, None, None]
    return dx


def group_norm_forward(x, gamma, beta, G, gn_param):
    n, c, h, w = x.shape
    groups = x.reshape(n, G, -1)
    deviation = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param.get("eps", 1e-5))
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / deviation
    return gamma * x_hat.reshape(x.shape) + beta, (x_hat, deviation, gamma)


def group_norm_backward(dout, cache):
    x_hat, deviation, gamma = cache
    g = (dout * gamma).reshape(x_hat.shape)
    dx = (g - g.mean(axis=2, keepdims=True) - x_hat * (g * x_hat).mean(axis=2, keepdims=True)) / deviation
    axes = (0, 2, 3)
    dgamma = (dout * x_hat.reshape(dout.shape)).sum(axis=axes, keepdims=True)
    return dx.reshape(dout.shape), dgamma, dout.sum(axis=axes, keepdims=True)


def valve_forward(x, beta):
    opening = max(beta.sum(), 0.0)
    return x * opening, (x, beta, opening)


def valve_backward(dout, gauge):
    x, beta, opening = gauge
    return dout * opening, np.full_like(beta, np.sum(dout * x) if opening > 0 else 0.0)
