"""Right functions that keep something between calls, or that are called otherwise than they were first."""
# ruff: noqa: NPY002, PLW0603

import numpy as np

LEDGER = {
    "scratch_forward": {"may_be": ["passed"], "trap": "scratch memory of the module that nothing is kept in"},
    "remembered_forward": {"may_be": ["passed"], "trap": "backward reads what the module remembers of the last forward"},
    "pool_max_forward": {"may_be": ["passed"], "trap": "a stride below the window's size, by its default it is not"},
    "conv_padded_forward": {"may_be": ["passed"], "trap": "padding that backward is told as well"},
    "batchnorm_forward": {"may_be": ["passed"], "trap": "evaluation keeps nothing, and has no backward"},
    "halves_forward": {"may_be": ["passed"], "trap": "two outputs, each with a row for each row"},
    "reduced_forward": {"may_be": ["passed"], "trap": "a setting that changes what is answered"},
}

_SCRATCH = {}
_LAST = None


def scratch_forward(x):
    work = _SCRATCH.setdefault(x.shape, np.empty(x.shape))
    np.tanh(x, out=work)
    return 2.0 * work, x


def scratch_backward(dout, cache):
    work = _SCRATCH[cache.shape]
    np.tanh(cache, out=work)
    return dout * 2.0 * (1.0 - work**2)


def remembered_forward(x):
    global _LAST
    _LAST = x
    return x**3


def remembered_backward(dout):
    return dout * 3.0 * _LAST**2


def pool_max_forward(x, size=2, stride=2):
    rows, columns = (x.shape[2] - size) // stride + 1, (x.shape[3] - size) // stride + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out, x


def pool_max_backward(dout, cache, size=2, stride=2):
    dx = np.zeros_like(cache)
    for n in range(cache.shape[0]):
        for c in range(cache.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = cache[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
                    a, b = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, i * stride + a, j * stride + b] += dout[n, c, i, j]
    return dx


def conv_padded_forward(x, w, pad=0):
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    k = w.shape[2]
    out = np.zeros((len(x), len(w), padded.shape[2] - k + 1, padded.shape[3] - k + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = np.tensordot(padded[:, :, i : i + k, j : j + k], w, ([1, 2, 3], [1, 2, 3]))
    return out, (padded, w)


def conv_padded_backward(dout, cache, pad=0):
    padded, w = cache
    k = w.shape[2]
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dw += np.tensordot(dout[:, :, i, j], padded[:, :, i : i + k, j : j + k], ([0], [0]))
            dx[:, :, i : i + k, j : j + k] += np.tensordot(dout[:, :, i, j], w, ([1], [0]))
    return dx[:, :, pad : dx.shape[2] - pad, pad : dx.shape[3] - pad], dw


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps = bn_param["mode"], bn_param.get("eps", 1e-5)
    mean, variance = bn_param.get("running_mean", np.zeros(x.shape[1])), bn_param.get("running_var", np.ones(x.shape[1]))
    cache = None
    if mode == "train":
        mean, variance = x.mean(axis=0), x.var(axis=0)
        x_hat = (x - mean) / np.sqrt(variance + eps)
        cache = x_hat, gamma, np.sqrt(variance + eps)
        bn_param["running_mean"], bn_param["running_var"] = mean, variance
    elif mode == "test":
        x_hat = (x - mean) / np.sqrt(variance + eps)
    return gamma * x_hat + beta, cache


def batchnorm_backward(dout, cache):
    x_hat, gamma, deviation = cache
    d_hat = dout * gamma
    centred = d_hat - d_hat.mean(axis=0) - x_hat * (d_hat * x_hat).mean(axis=0)
    return centred / deviation, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def halves_forward(x, w):
    z = x @ w
    return np.tanh(z), z**2, (x, w, z)


def halves_backward(dtanh, dsquare, cache):
    x, w, z = cache
    dz = dtanh * (1.0 - np.tanh(z) ** 2) + dsquare * 2.0 * z
    return dz @ w.T, x.T @ dz


def reduced_forward(x, keep_rows=True):
    return (x**2).sum(axis=1) if keep_rows else (x**2).sum(), x


def reduced_backward(dout, cache):
    return 2.0 * cache * (dout[:, None] if np.ndim(dout) else dout)
