"""Right layers at the ends of the number line: saturation, tiny and huge scales, offsets, float32 inside."""

# ruff: noqa: NPY002 - written the way people write them

import math

import numpy as np

LEDGER = {
    "SaturatedSigmoid": {"may_be": ["passed", "inconclusive"], "trap": "gradient underflows against the output"},
    "SaturatedTanh": {"may_be": ["passed", "inconclusive"], "trap": "1 - y * y cancels"},
    "SaturatedSoftmax": {"may_be": ["passed", "inconclusive"], "trap": "one probability is 1, the rest underflow"},
    "LogSumExpAtThousand": {"may_be": ["passed"], "trap": "naive exponentials overflow"},
    "SafeSoftplus": {"may_be": ["passed"], "trap": "two branches, far from zero"},
    "TinyWeights": {"may_be": ["passed"], "trap": "weights of 1e-6"},
    "HugeWeights": {"may_be": ["passed"], "trap": "weights of 1e6"},
    "MicroUnits": {"may_be": ["passed"], "trap": "output and gradients of 1e-6"},
    "MegaUnits": {"may_be": ["passed"], "trap": "output and gradients of 1e6"},
    "MixedScales": {"may_be": ["passed", "inconclusive"], "trap": "a parameter twelve decades below its neighbour"},
    "OffsetSum": {"may_be": ["passed", "inconclusive"], "trap": "sum at an offset of 1e4, taken away again"},
    "OffsetVariance": {"may_be": ["passed", "inconclusive"], "trap": "mean of squares minus square of mean at 1e4"},
    "Float32Linear": {"may_be": ["passed", "inconclusive"], "trap": "casts everything to float32"},
    "Float32Tanh": {"may_be": ["passed", "inconclusive"], "trap": "casts input and upstream gradient to float32"},
    "Float32WorkArray": {"may_be": ["passed", "inconclusive"], "trap": "float32 inside, float64 outside"},
    "Float32Cache": {"may_be": ["passed", "inconclusive"], "trap": "backward reads a float32 copy of the input"},
    "Power7": {"may_be": ["passed"], "trap": "gradients of very different size in one array"},
    "Sine20": {"may_be": ["passed"], "trap": "short wave, long step"},
    "ChaoticMap": {"may_be": ["passed", "inconclusive"], "trap": "rounding grows step by step"},
    "LogDomain": {"may_be": ["passed", "inconclusive"], "trap": "only positive inputs"},
    "SquareRootDomain": {"may_be": ["passed", "inconclusive"], "trap": "only positive inputs"},
    "ArcSine": {"may_be": ["passed", "inconclusive"], "trap": "only inputs between -1 and 1"},
    "ScalarLoop": {"may_be": ["passed"], "trap": "entry by entry with math.tanh"},
    "GELUExact": {"may_be": ["passed"], "trap": "math.erf behind np.vectorize"},
    "DensityWritten": {
        "may_be": ["passed", "inconclusive"],
        "trap": "a constant that forward computes, written out in backward with six digits",
    },
    "SaturatedPooling": {
        "may_be": ["passed", "inconclusive"],
        "trap": "a softmax that rests where it is, and turns over under a large move",
    },
}

erf = np.vectorize(math.erf, otypes=[float])


class SaturatedSigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-30 * x))
        return self.y

    def backward(self, dout):
        return dout * 30 * self.y * (1 - self.y)


class SaturatedTanh:
    def forward(self, x):
        self.y = np.tanh(15 * x)
        return self.y

    def backward(self, dout):
        return dout * 15 * (1 - self.y * self.y)


class SaturatedSoftmax:
    def forward(self, x):
        z = 100 * x
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        self.p = e / e.sum(axis=-1, keepdims=True)
        return self.p

    def backward(self, dout):
        return 100 * self.p * (dout - (dout * self.p).sum(axis=-1, keepdims=True))


class LogSumExpAtThousand:
    def forward(self, x):
        z = x + 1000.0
        top = z.max(axis=-1, keepdims=True)
        e = np.exp(z - top)
        self.p = e / e.sum(axis=-1, keepdims=True)
        return top[..., 0] + np.log(e.sum(axis=-1))

    def backward(self, dout):
        return dout[..., None] * self.p


class SafeSoftplus:
    def forward(self, x):
        self.x = 5 * x
        return np.maximum(self.x, 0) + np.log1p(np.exp(-np.abs(self.x)))

    def backward(self, dout):
        e = np.exp(-np.abs(self.x))
        return 5 * dout * np.where(self.x >= 0, 1 / (1 + e), e / (1 + e))


class TinyWeights:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 1e-6
        self.b = np.random.randn(out_features) * 1e-6

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class HugeWeights:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 1e6
        self.b = np.random.randn(out_features) * 1e6

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class MicroUnits:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3

    def forward(self, x):
        self.x = x
        self.t = np.tanh(x @ self.W)
        return 1e-6 * self.t

    def backward(self, dout):
        dz = 1e-6 * dout * (1 - self.t**2)
        self.dW = self.x.T @ dz
        return dz @ self.W.T


class MegaUnits:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3

    def forward(self, x):
        self.x = x
        self.t = np.tanh(x @ self.W)
        return 1e6 * self.t

    def backward(self, dout):
        dz = 1e6 * dout * (1 - self.t**2)
        self.dW = self.x.T @ dz
        return dz @ self.W.T


class MixedScales:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.V = np.random.randn(in_features, out_features) * 0.3

    def forward(self, x):
        self.x = x
        self.s = np.sin(x @ self.W)
        self.c = np.cos(x @ self.W)
        self.t = np.tanh(x @ self.V)
        return 1e6 * self.s + 1e-6 * self.t

    def backward(self, dout):
        dw = 1e6 * dout * self.c
        dv = 1e-6 * dout * (1 - self.t**2)
        self.dW = self.x.T @ dw
        self.dV = self.x.T @ dv
        return dw @ self.W.T + dv @ self.V.T


class OffsetSum:
    def forward(self, x):
        self.x = x
        offset = np.cumsum(x**2 + 1e4, axis=-1)
        return offset - 1e4 * np.arange(1, x.shape[-1] + 1)

    def backward(self, dout):
        return 2 * self.x * np.flip(np.cumsum(np.flip(dout, axis=-1), axis=-1), axis=-1)


class OffsetVariance:
    def forward(self, x):
        self.x = x
        z = x + 1e4
        return (z * z).mean(axis=-1) - z.mean(axis=-1) ** 2

    def backward(self, dout):
        centred = self.x - self.x.mean(axis=-1, keepdims=True)
        return dout[..., None] * 2 * centred / self.x.shape[-1]


class Float32Linear:
    def __init__(self, in_features, out_features):
        self.W = (np.random.randn(in_features, out_features) * 0.3).astype(np.float32)
        self.b = np.zeros(out_features, dtype=np.float32)

    def forward(self, x):
        self.x = np.asarray(x, dtype=np.float32)
        return self.x @ self.W.astype(np.float32) + self.b.astype(np.float32)

    def backward(self, dout):
        dout = np.asarray(dout, dtype=np.float32)
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.astype(np.float32).T


class Float32Tanh:
    def forward(self, x):
        self.y = np.tanh(x.astype(np.float32))
        return self.y

    def backward(self, dout):
        return dout.astype(np.float32) * (1 - self.y**2)


class Float32WorkArray:
    """Fills a float32 array step by step and hands a float64 copy of it on, both ways."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        out = np.empty((x.shape[0], self.W.shape[1]), dtype="f")
        for i in range(x.shape[0]):
            out[i] = x[i] @ self.W + self.b
        return np.tanh(out.astype(float))

    def backward(self, dout):
        out = self.x @ self.W + self.b
        dz = np.empty(dout.shape, dtype="f")
        dz[...] = dout * (1 - np.tanh(out) ** 2)
        dz = dz.astype(float)
        self.dW = self.x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T


class Float32Cache:
    def forward(self, x):
        self.cache = x.astype(np.float32)
        return x**3

    def backward(self, dout):
        return dout * 3 * self.cache.astype(dout.dtype) ** 2


class Power7:
    def forward(self, x):
        self.x = x
        return x**7

    def backward(self, dout):
        return dout * 7 * self.x**6


class Sine20:
    def forward(self, x):
        self.x = x
        return np.sin(20 * x)

    def backward(self, dout):
        return dout * 20 * np.cos(20 * self.x)


class ChaoticMap:
    """Eight steps of the logistic map at 3.9 from a start between 0 and 1."""

    def forward(self, x):
        state = 1 / (1 + np.exp(-x))
        self.slope = state * (1 - state)
        for _ in range(8):
            self.slope = self.slope * 3.9 * (1 - 2 * state)
            state = 3.9 * state * (1 - state)
        return state

    def backward(self, dout):
        return dout * self.slope


class LogDomain:
    def forward(self, x):
        self.x = x
        return np.log(x)

    def backward(self, dout):
        return dout / self.x


class SquareRootDomain:
    def forward(self, x):
        self.y = np.sqrt(x)
        return self.y

    def backward(self, dout):
        return dout / (2 * self.y)


class ArcSine:
    def forward(self, x):
        self.x = x
        return np.arcsin(x)

    def backward(self, dout):
        return dout / np.sqrt(1 - self.x**2)


class ScalarLoop:
    def forward(self, x):
        self.y = np.array([[math.tanh(value) for value in row] for row in x])
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y**2)


class GELUExact:
    def forward(self, x):
        self.x = x
        return 0.5 * x * (1 + erf(x / math.sqrt(2)))

    def backward(self, dout):
        cdf = 0.5 * (1 + erf(self.x / math.sqrt(2)))
        return dout * (cdf + self.x * np.exp(-0.5 * self.x**2) / math.sqrt(2 * math.pi))


class DensityWritten:
    def forward(self, x):
        self.x = x
        return np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)

    def backward(self, dout):
        return dout * -self.x * 0.398942 * np.exp(-0.5 * self.x**2)


class SaturatedPooling:
    def __init__(self, in_features):
        self.score = 40.0 * np.random.randn(in_features)

    def forward(self, x):
        z = x @ self.score
        e = np.exp(z - z.max(axis=1, keepdims=True))
        self.a = e / e.sum(axis=1, keepdims=True)
        self.x = x
        return np.einsum("nt,ntd->nd", self.a, x)

    def backward(self, dout):
        da = np.einsum("nd,ntd->nt", dout, self.x)
        dz = self.a * (da - (da * self.a).sum(axis=1, keepdims=True))
        self.dscore = np.einsum("nt,ntd->d", dz, self.x)
        return self.a[:, :, None] * dout[:, None, :] + dz[:, :, None] * self.score
