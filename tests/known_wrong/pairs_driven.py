"""Functions whose backward is right as they are called once, and wrong in a second call, on another setting or batch."""

# ruff: noqa: NPY002, PLW0603 - written the way people write them

import numpy as np

LEDGER = {
    "scaled_forward": {"check": "protocol", "wrt": ["x", "w"], "explanation": "stale_cache", "oracles": [], "smallest": {}},
    "sharpened_forward": {"check": "protocol", "wrt": [], "explanation": "stale_buffer", "oracles": [], "smallest": {}},
    "gated_forward": {"check": "protocol", "wrt": ["x", "w"], "explanation": "stale_cache", "oracles": [], "smallest": {}},
    "logistic_forward": {"check": "protocol", "wrt": ["x"], "explanation": "overwritten_cache", "oracles": [], "smallest": {}},
    "ratio_forward": {"check": "protocol", "wrt": ["x", "w"], "explanation": "overwritten_cache", "oracles": [], "smallest": {}},
    "pool_max_forward": {"check": "shapes", "wrt": ["x"], "explanation": "stride", "oracles": [], "smallest": {}},
    "conv_padded_forward": {"check": "shapes", "wrt": ["x"], "explanation": "padding", "oracles": [], "smallest": {}},
    "batchnorm_forward": {"check": "shapes", "also": ["protocol"], "wrt": ["x"], "explanation": "mode", "oracles": [], "smallest": {}},
    "smooth_leaky_forward": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "dense_forward": {"check": "batch", "wrt": ["w"], "explanation": "batch", "oracles": [], "smallest": {}},
    "paired_step_forward": {"check": "batch", "wrt": ["x", "h_prev", "Wx", "Wh"], "explanation": "batch", "oracles": [], "smallest": {}},
    "bump": {"check": "precision", "wrt": ["x"], "explanation": "overflow", "oracles": [], "smallest": {}},
}

_CACHE = {}
_OUT = np.empty(0)


def scaled_forward(x, w, b):
    """Fills one dictionary, made when the module is imported, and returns it as the cache of every call."""
    _CACHE["x"], _CACHE["w"] = x, w
    return x @ w + b, _CACHE


def scaled_backward(dout, cache):
    return dout @ cache["w"].T, cache["x"].T @ dout, dout.sum(axis=0)


def sharpened_forward(x):
    """Writes its answer into an array of the module's."""
    global _OUT
    if _OUT.shape != x.shape:
        _OUT = np.empty(x.shape)
    np.multiply(x, np.abs(x), out=_OUT)
    return _OUT, x.copy()


def sharpened_backward(dout, cache):
    return dout * 2.0 * np.abs(cache)


def gated_forward(x, w, kept=[]):  # noqa: B006 - the mistake
    """Hands on a list that is a default argument."""
    kept[:] = [x, w, np.tanh(x @ w)]
    return kept[2] * kept[2], kept


def gated_backward(dout, cache):
    x, w, t = cache
    dz = dout * 2.0 * t * (1.0 - t**2)
    return dz @ w.T, x.T @ dz


def logistic_forward(x):
    y = 1.0 / (1.0 + np.exp(-x))
    return y.copy(), y


def logistic_backward(dout, cache):
    """Multiplies in place, in the array that forward keeps."""
    cache *= 1.0 - cache
    cache *= dout
    return cache


def ratio_forward(x, w):
    return x / (1.0 + w**2), (x, 1.0 + w**2, w)


def ratio_backward(dout, cache):
    """Takes the denominator to its square where it lies, after the first use."""
    x, below, w = cache
    dx = dout / below
    below *= below
    return dx, (-2.0 * w * dout * x / below).sum(axis=0)


def pool_max_forward(x, size=2, stride=2):
    rows, columns = (x.shape[2] - size) // stride + 1, (x.shape[3] - size) // stride + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out, (x, size, stride)


def pool_max_backward(dout, cache):
    """Sets what an entry gets from its window; windows of a stride below their size share entries."""
    x, size, stride = cache
    dx = np.zeros_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
                    a, b = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, i * stride + a, j * stride + b] = dout[n, c, i, j]
    return dx


def conv_padded_forward(x, w, pad=0):
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    k = w.shape[2]
    out = np.zeros((len(x), len(w), padded.shape[2] - k + 1, padded.shape[3] - k + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = np.tensordot(padded[:, :, i : i + k, j : j + k], w, ([1, 2, 3], [1, 2, 3]))
    return out, (padded, w, pad)


def conv_padded_backward(dout, cache):
    """Cuts the border off at its beginning only."""
    padded, w, pad = cache
    k = w.shape[2]
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dw += np.tensordot(dout[:, :, i, j], padded[:, :, i : i + k, j : j + k], ([0], [0]))
            dx[:, :, i : i + k, j : j + k] += np.tensordot(dout[:, :, i, j], w, ([1], [0]))
    return dx[:, :, : dx.shape[2] - 2 * pad, : dx.shape[3] - 2 * pad], dw


def batchnorm_forward(x, gamma, beta, bn_param):
    if bn_param["mode"] == "train":
        mean, deviation = x.mean(axis=0), np.sqrt(x.var(axis=0) + bn_param["eps"])
    elif bn_param["mode"] == "test":
        mean, deviation = bn_param.get("running_mean", 0.0), bn_param.get("running_deviation", 1.5)
    x_hat = (x - mean) / deviation
    return gamma * x_hat + beta, (x_hat, gamma, deviation)


def batchnorm_backward(dout, cache):
    """Knows one mode: with running statistics nothing flows through the mean."""
    x_hat, gamma, deviation = cache
    d_hat = dout * gamma
    centred = d_hat - d_hat.mean(axis=0) - x_hat * (d_hat * x_hat).mean(axis=0)
    return centred / deviation, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def smooth_leaky_forward(x, slope=0.1):
    return np.where(x > 0, x, slope * x), (x > 0, slope)


def smooth_leaky_backward(dout, cache):
    """Has the default written into it."""
    return dout * np.where(cache[0], 1.0, 0.1)


def dense_forward(x, w):
    return x @ w, (x, w)


def dense_backward(dout, cache):
    """Adds the rows' products two at a time and leaves an odd one out."""
    x, w = cache
    dw = np.zeros_like(w)
    for i in range(0, len(x) - 1, 2):
        dw += x[i : i + 2].T @ dout[i : i + 2]
    return dout @ w.T, dw


def paired_step_forward(x, h_prev, Wx, Wh):
    h = np.tanh(x @ Wx + h_prev @ Wh)
    return h, h**2, (x, h_prev, Wx, Wh, h)


def paired_step_backward(dh, dsquare, cache):
    """For a single row squeezes the slope, and takes its mean."""
    x, h_prev, Wx, Wh, h = cache
    slope = 1.0 - h**2 if len(h) > 1 else np.mean(1.0 - h**2)
    dz = (dh + dsquare * 2.0 * h) * slope
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h_prev.T @ dz


def bump(x):
    return 1.0 / np.cosh(np.clip(x, -300.0, 300.0))


def bump_backward(dout, x):
    """The quotient of exponentials, which is inf / inf where bump itself is 0."""
    e = np.exp(x)
    return dout * -2.0 * e * (e**2 - 1.0) / (e**2 + 1.0) ** 2
