"""Layers over rows that are right on Gaussian batches of them, and wrong on another rank, batch, value or memory layout."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "LinearUpstreamInMemoryOrder": {"check": "shapes", "also": ["protocol"], "wrt": ["W", "b", "x"], "explanation": "layout", "oracles": [], "smallest": {}},
    "LinearUpstreamByItsBuffer": {"check": "shapes", "also": ["protocol"], "wrt": ["W", "b", "x"], "explanation": "layout", "oracles": [], "smallest": {}},
    "LinearInputInMemoryOrder": {"check": "shapes", "wrt": ["W"], "explanation": "layout", "oracles": [], "smallest": {}},
    "LinearWithoutBias": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "LinearBatchOfOne": {"check": "shapes", "also": ["batch"], "wrt": ["W"], "explanation": "batch", "oracles": [], "smallest": {}},
    "LinearLastStepOnly": {"check": "shapes", "wrt": ["W"], "explanation": "rank", "oracles": [], "smallest": {}},
    "LinearOneOutput": {"check": "shapes", "wrt": ["b"], "explanation": "size", "oracles": [], "smallest": {}},
    "LayerNormFirstRowsOnly": {"check": "shapes", "wrt": ["gamma"], "explanation": "rank", "oracles": [], "smallest": {}},
    "LayerNormSummedOverFirstAxis": {"check": "shapes", "wrt": ["gamma"], "explanation": "option", "oracles": [], "smallest": {}},
    "LayerNormEpsilonForgotten": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "RMSNormCountsSecondAxis": {"check": "shapes", "wrt": ["x"], "explanation": "axis", "oracles": [], "smallest": {}},
    "GroupNormOneGroup": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "BatchNormWithoutAffine": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "ReLUClipped": {"check": "shapes", "wrt": ["x"], "explanation": "values", "oracles": [], "smallest": {}},
    "SoftplusCut": {"check": "shapes", "wrt": ["x"], "explanation": "values", "oracles": [], "smallest": {}},
    "TanhOfLargeOnes": {"check": "shapes", "wrt": ["x"], "explanation": "values", "oracles": [], "smallest": {}},
    "SquareOfSmallOnes": {"check": "shapes", "wrt": ["x"], "explanation": "values", "oracles": [], "smallest": {}},
    "LeakyReLUFixedSlope": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "ELUFixedAlpha": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "SoftmaxTemperatureForgotten": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "ScaleInPlaceOfBroadcast": {"check": "shapes", "wrt": ["x"], "explanation": "layout", "oracles": [], "smallest": {}},
    "DropoutRateForKeep": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "ReLURepeatedRows": {"check": "shapes", "wrt": ["x"], "explanation": "values", "oracles": [], "smallest": {}},
    "CubeOfFortranInput": {"check": "shapes", "wrt": ["x"], "explanation": "layout", "oracles": [], "smallest": {}},
}


class _Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features) if bias else None

    def forward(self, x):
        self.x = x
        return x @ self.W if self.b is None else x @ self.W + self.b

    def backward(self, dout):
        rows = dout.reshape(-1, dout.shape[-1])
        self.dW = self.x.reshape(-1, self.x.shape[-1]).T @ rows
        if self.b is not None:
            self.db = rows.sum(axis=0)
        return dout @ self.W.T


class LinearUpstreamInMemoryOrder(_Linear):
    """Flattens the upstream gradient in the order it lies in memory."""

    def backward(self, dout):
        return super().backward(dout.ravel(order="K").reshape(dout.shape))


class LinearUpstreamByItsBuffer(_Linear):
    """Reads the upstream gradient by strides of its own, as if it lay in one piece."""

    def backward(self, dout):
        first = np.lib.stride_tricks.as_strided(dout, shape=(1,) * dout.ndim, strides=(0,) * dout.ndim)
        packed = dout if dout.flags.c_contiguous else np.broadcast_to(first, dout.shape)
        return super().backward(packed)


class LinearInputInMemoryOrder(_Linear):
    """Keeps the input flat, in the order it lies in memory."""

    def forward(self, x):
        y = super().forward(x)
        self.x = x.ravel(order="K").reshape(x.shape)
        return y


class LinearWithoutBias(_Linear):
    """Without a bias the weights are taken as they are, not transposed, where that fits, and halved where not."""

    def backward(self, dout):
        dx = super().backward(dout)
        return dx if self.b is not None else dx / 2.0


class LinearBatchOfOne(_Linear):
    """A single row takes a path of its own, which overlooks the weights' sign."""

    def backward(self, dout):
        dx = super().backward(dout)
        if len(self.x) == 1:
            self.dW = -self.dW
        return dx


class LinearLastStepOnly(_Linear):
    """Of a sequence only the last step reaches the weights."""

    def backward(self, dout):
        dx = super().backward(dout)
        if dout.ndim > 2:
            self.dW = self.x[:, -1].reshape(-1, self.x.shape[-1]).T @ dout[:, -1].reshape(-1, dout.shape[-1])
        return dx


class LinearOneOutput(_Linear):
    """One output is summed, several are not: the bias of one gets its mean."""

    def backward(self, dout):
        dx = super().backward(dout)
        if self.b is not None and len(self.b) == 1:
            self.db = self.db / max(len(self.x), 2)
        return dx


class _LayerNorm:
    def __init__(self, features, eps=1e-5):
        self.gamma, self.beta, self.eps = np.ones(features), np.zeros(features), eps

    def forward(self, x):
        mean = x.mean(axis=-1, keepdims=True)
        self.inverse = 1.0 / np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        self.hat = (x - mean) * self.inverse
        return self.gamma * self.hat + self.beta

    def backward(self, dout):
        self.dgamma = (dout * self.hat).reshape(-1, dout.shape[-1]).sum(axis=0)
        self.dbeta = dout.reshape(-1, dout.shape[-1]).sum(axis=0)
        g = dout * self.gamma
        inner = g - g.mean(axis=-1, keepdims=True) - self.hat * (g * self.hat).mean(axis=-1, keepdims=True)
        return self.inverse * inner


class LayerNormFirstRowsOnly(_LayerNorm):
    """Of three axes sums the first over the first step only."""

    def backward(self, dout):
        dx = super().backward(dout)
        if dout.ndim > 2:
            self.dgamma = (dout * self.hat)[:, 0].reshape(-1, dout.shape[-1]).sum(axis=0)
        return dx


class LayerNormSummedOverFirstAxis(_LayerNorm):
    """Sums the gradient of gamma over the first axis, which is all of the rows only where there are two axes."""

    def backward(self, dout):
        dx = super().backward(dout)
        self.dgamma = (dout * self.hat).sum(axis=0)
        return dx


class LayerNormEpsilonForgotten(_LayerNorm):
    """Takes the inverse deviation without epsilon in backward; by default there is none."""

    def __init__(self, features, eps=0.0):
        super().__init__(features, eps)

    def forward(self, x):
        y = super().forward(x)
        self.plain = 1.0 / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-300)
        return y

    def backward(self, dout):
        return super().backward(dout) / self.inverse * np.minimum(self.plain, 1e6)


class RMSNormCountsSecondAxis:
    """Divides by the length of the second axis, which is the row's only where there are two."""

    def __init__(self, features):
        self.gamma = np.ones(features)

    def forward(self, x):
        self.x = x
        self.rms = np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-8)
        return x / self.rms * self.gamma

    def backward(self, dout):
        self.dgamma = (dout * self.x / self.rms).reshape(-1, dout.shape[-1]).sum(axis=0)
        g = dout * self.gamma
        inner = (g * self.x).sum(axis=-1, keepdims=True) / self.x.shape[1]
        return g / self.rms - self.x * inner / self.rms**3


class GroupNormOneGroup:
    """Averages over all features in backward, whatever the number of groups."""

    def __init__(self, features, groups=1):
        if features % groups:
            raise ValueError("groups must divide features")
        self.groups, self.gamma = groups, np.ones(features)

    def forward(self, x):
        rows = x.reshape(len(x), self.groups, -1)
        mean = rows.mean(axis=2, keepdims=True)
        inverse = 1.0 / np.sqrt(rows.var(axis=2, keepdims=True) + 1e-5)
        self.hat = ((rows - mean) * inverse).reshape(x.shape)
        self.inverse = np.broadcast_to(inverse, rows.shape).reshape(x.shape)
        return self.hat * self.gamma

    def backward(self, dout):
        self.dgamma = (dout * self.hat).sum(axis=0)
        g = dout * self.gamma
        inner = g - g.mean(axis=1, keepdims=True) - self.hat * (g * self.hat).mean(axis=1, keepdims=True)
        return self.inverse * inner


class BatchNormWithoutAffine:
    """Without gamma and beta leaves the two means out."""

    def __init__(self, num_features, affine=True):
        self.gamma = np.ones(num_features) if affine else None

    def forward(self, x):
        self.inverse = 1.0 / np.sqrt(x.var(axis=0) + 1e-5)
        self.hat = (x - x.mean(axis=0)) * self.inverse
        return self.hat if self.gamma is None else self.hat * self.gamma

    def backward(self, dout):
        if self.gamma is None:
            return dout * self.inverse
        self.dgamma = (dout * self.hat).sum(axis=0)
        g = dout * self.gamma
        return self.inverse * (g - g.mean(axis=0) - self.hat * (g * self.hat).mean(axis=0))


class ReLUClipped:
    """Was a ReLU6 once: nothing flows back beyond six, though forward lets it through."""

    def forward(self, x):
        self.x = x
        return np.maximum(x, 0.0)

    def backward(self, dout):
        return dout * ((self.x > 0.0) & (self.x < 6.0))


class SoftplusCut:
    """Where forward is the identity, to spare an exponential, backward is nothing."""

    def forward(self, x):
        self.x = x
        return np.where(x > 15.0, x, np.log1p(np.exp(np.minimum(x, 15.0))))

    def backward(self, dout):
        return np.where(self.x > 15.0, 0.0, dout / (1.0 + np.exp(-self.x)))


class TanhOfLargeOnes:
    """A product with a tanh; beyond five tanh is taken for zero instead of one."""

    def forward(self, x):
        self.x = x
        return x * np.tanh(x)

    def backward(self, dout):
        t = np.where(np.abs(self.x) > 5.0, 0.0, np.tanh(self.x))
        return dout * (t + self.x * (1.0 - np.tanh(self.x) ** 2))


class SquareOfSmallOnes:
    """Takes the logarithm of one plus x for x where x is small, and forgets that it did."""

    def forward(self, x):
        self.x = x
        return 3.0 * x

    def backward(self, dout):
        return np.where(np.abs(self.x) < 5e-4, dout, 3.0 * dout)


class LeakyReLUFixedSlope:
    """Has the usual slope in backward, whatever slope it was told."""

    def __init__(self, alpha=0.01):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0.0, x, self.alpha * x)

    def backward(self, dout):
        return np.where(self.x > 0.0, dout, 0.01 * dout)


class ELUFixedAlpha:
    """Takes alpha for one in backward."""

    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0.0, x, self.alpha * (np.exp(np.minimum(x, 0.0)) - 1.0))

    def backward(self, dout):
        return dout * np.where(self.x > 0.0, 1.0, np.exp(np.minimum(self.x, 0.0)))


class SoftmaxTemperatureForgotten:
    """Is not divided by the temperature on the way back."""

    def __init__(self, temperature=1.0):
        self.temperature = temperature

    def forward(self, x):
        z = x / self.temperature
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        self.y = e / e.sum(axis=-1, keepdims=True)
        return self.y

    def backward(self, dout):
        return self.y * (dout - (dout * self.y).sum(axis=-1, keepdims=True))


class ScaleInPlaceOfBroadcast:
    """Multiplies the upstream gradient through a view of its memory, twice where rows share it."""

    def forward(self, x):
        self.x = x
        return 2.0 * x

    def backward(self, dout):
        shared = dout.ndim > 0 and dout.shape[0] > 1 and dout.strides[0] == 0
        return (4.0 if shared else 2.0) * dout


class DropoutRateForKeep:
    """Divides by the rate instead of by what is kept: the same at one half."""

    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x):
        self.mask = np.random.rand(*x.shape) >= self.p
        return x * self.mask / (1.0 - self.p)

    def backward(self, dout):
        return dout * self.mask / max(self.p, 0.1)


class ReLURepeatedRows:
    """Skips rows that it has seen already."""

    def forward(self, x):
        self.x = x
        return np.maximum(x, 0.0) + x

    def backward(self, dout):
        dx = dout * ((self.x > 0.0) + 1.0)
        rows = self.x.reshape(len(self.x), -1)
        for i in range(1, len(rows)):
            if np.array_equal(rows[i], rows[0]):
                dx[i] = 0.0
        return dx


class CubeOfFortranInput:
    """Iterates over the input in memory order and over the gradient in its own."""

    def forward(self, x):
        self.x = x
        return x**3

    def backward(self, dout):
        squares = 3.0 * self.x.ravel(order="K") ** 2
        return dout * squares.reshape(dout.shape)
