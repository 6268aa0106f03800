"""Right layers whose gradient an exact oracle rounds otherwise: cancellation, long products, borders and masks."""

# ruff: noqa: NPY002 - written the way people write them


import numpy as np

LEDGER = {
    "LayerNormOffset": {"may_be": ["passed", "inconclusive"], "trap": "rows that are nearly constant around 100"},
    "LayerNormTwoMoments": {"may_be": ["passed", "inconclusive"], "trap": "variance from two large moments"},
    "BatchNormFull": {"may_be": ["passed"], "trap": "a mean term in backward that is zero up to rounding"},
    "LogSoftmaxNaive": {"may_be": ["passed"], "trap": "log of a probability and a stabilising constant, both ways"},
    "FullyMaskedRow": {"may_be": ["passed"], "trap": "a row of attention that sees nobody"},
    "NegInfMask": {"may_be": ["passed"], "trap": "scores of minus infinity written in place"},
    "LinearRecurrence": {"may_be": ["passed"], "trap": "two hundred steps"},
    "ExplodingRNN": {"may_be": ["passed", "inconclusive"], "trap": "sixty steps that forget where they came from"},
    "ProductOverRow": {"may_be": ["passed"], "trap": "backward divides by each factor"},
    "CumulativeSumBySubtraction": {"may_be": ["passed"], "trap": "subtracts where autograd adds"},
    "DifferenceOfSquares": {"may_be": ["passed", "inconclusive"], "trap": "eleven digits cancel"},
    "PairwiseDistance": {"may_be": ["passed"], "trap": "a diagonal of zeros that are differences"},
    "ReLUNetworkAtZero": {"may_be": ["passed"], "trap": "samples of zeros put every hidden unit on the corner"},
    "MaskedMean": {"may_be": ["passed", "inconclusive"], "trap": "a count that depends on the input"},
    "LogOfClipped": {"may_be": ["passed"], "trap": "a border of clip inside a loss"},
    "UnitRows": {"may_be": ["passed"], "trap": "rows of a millionth, divided by their length"},
}


class LayerNormOffset:
    """Nearly constant rows: x / 1e3 + 100."""
    def forward(self, x):
        z = 1e-3 * x + 100.0
        mu = z.mean(-1, keepdims=True)
        var = ((z - mu) ** 2).mean(-1, keepdims=True)
        self.inv = 1 / np.sqrt(var + 1e-12)
        self.xhat = (z - mu) * self.inv
        return self.xhat
    def backward(self, d):
        return 1e-3 * self.inv * (d - d.mean(-1, keepdims=True) - self.xhat * (d * self.xhat).mean(-1, keepdims=True))


class LayerNormTwoMoments:
    """Variance as E[x^2] - E[x]^2 with a large mean."""
    def forward(self, x):
        z = x + 300.0
        mu = z.mean(-1, keepdims=True)
        var = (z * z).mean(-1, keepdims=True) - mu * mu
        self.inv = 1 / np.sqrt(var + 1e-5)
        self.xhat = (z - mu) * self.inv
        return self.xhat
    def backward(self, d):
        return self.inv * (d - d.mean(-1, keepdims=True) - self.xhat * (d * self.xhat).mean(-1, keepdims=True))


class BatchNormFull:
    def __init__(self, num_features):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
    def forward(self, x):
        self.mu = x.mean(0)
        self.xc = x - self.mu
        self.var = (self.xc ** 2).mean(0)
        self.std = np.sqrt(self.var + 1e-8)
        self.xhat = self.xc / self.std
        return self.gamma * self.xhat + self.beta
    def backward(self, dout):
        N = dout.shape[0]
        self.dbeta = dout.sum(0)
        self.dgamma = (dout * self.xhat).sum(0)
        dxhat = dout * self.gamma
        dvar = np.sum(dxhat * self.xc * -0.5 * self.std ** -3, axis=0)
        dmu = np.sum(-dxhat / self.std, axis=0) + dvar * np.mean(-2 * self.xc, axis=0)
        return dxhat / self.std + dvar * 2 * self.xc / N + dmu / N


class LogSoftmaxNaive:
    def forward(self, x):
        e = np.exp(x - x.max(-1, keepdims=True))
        self.p = e / e.sum(-1, keepdims=True)
        return np.log(self.p + 1e-12)
    def backward(self, d):
        dp = d / (self.p + 1e-12)
        return self.p * (dp - (dp * self.p).sum(-1, keepdims=True))


class FullyMaskedRow:
    """Row 0 sees nobody: scores of -1e9 everywhere make it uniform."""
    def forward(self, x):
        self.x = x
        s = x @ x.T
        mask = np.ones_like(s)
        mask[0] = 0
        self.mask = mask
        s = s * mask - 1e9 * (1 - mask)
        e = np.exp(s - s.max(-1, keepdims=True))
        self.a = e / e.sum(-1, keepdims=True)
        return self.a @ x
    def backward(self, d):
        da = d @ self.x.T
        ds = self.a * (da - (da * self.a).sum(-1, keepdims=True)) * self.mask
        return self.a.T @ d + ds @ self.x + ds.T @ self.x


class NegInfMask:
    def forward(self, x):
        self.x = x
        s = x @ x.T
        s[np.triu_indices(s.shape[0], 1)] = -np.inf
        e = np.exp(s - s.max(-1, keepdims=True))
        self.a = e / e.sum(-1, keepdims=True)
        return self.a @ x
    def backward(self, d):
        da = d @ self.x.T
        ds = self.a * (da - (da * self.a).sum(-1, keepdims=True))
        return self.a.T @ d + ds @ self.x + ds.T @ self.x


class LinearRecurrence:
    """h = a h + x, 200 steps with a near 1."""
    def __init__(self, num_features):
        self.a = np.full(num_features, 0.99)
    def forward(self, x):
        h = np.zeros_like(x)
        self.hs = []
        self.x = x
        for t in range(200):
            self.hs.append(h)
            h = self.a * h + x
        return h
    def backward(self, d):
        dx = np.zeros_like(d)
        self.da = np.zeros_like(self.a)
        for t in reversed(range(200)):
            dx += d
            self.da += (d * self.hs[t]).sum(0)
            d = d * self.a
        return dx


class ProductOverRow:
    def forward(self, x):
        self.x = x
        self.y = np.prod(x, axis=-1)
        return self.y
    def backward(self, d):
        return (d * self.y)[..., None] / self.x


class CumulativeSumBySubtraction:
    """Suffix sums as total minus prefix sums."""
    def forward(self, x):
        self.x = x
        return np.cumsum(x ** 3, axis=-1)
    def backward(self, d):
        suffix = d.sum(-1, keepdims=True) - np.cumsum(d, -1) + d
        return 3 * self.x ** 2 * suffix


class DifferenceOfSquares:
    def forward(self, x):
        self.x = x
        z = x + 1e5
        return z * z - 1e10 - 2e5 * x
    def backward(self, d):
        return d * 2 * self.x


class PairwiseDistance:
    """|a - b|^2 by |a|^2 + |b|^2 - 2ab: cancellation on the diagonal."""
    def forward(self, x):
        self.x = x
        q = (x * x).sum(-1)
        return q[:, None] + q[None, :] - 2 * x @ x.T
    def backward(self, d):
        s = d + d.T
        return 2 * (s.sum(1)[:, None] * self.x - s @ self.x)


class ReLUNetworkAtZero:
    """Zero-padded input: many pre-activations are exactly 0."""
    def __init__(self, num_features):
        self.W1 = np.random.randn(num_features, num_features) * .5
        self.W2 = np.random.randn(num_features, num_features) * .5
    def forward(self, x):
        z = np.concatenate([x, np.zeros_like(x)])
        self.z = z
        self.a = z @ self.W1
        self.h = np.maximum(self.a, 0)
        return self.h @ self.W2
    def backward(self, d):
        self.dW2 = self.h.T @ d
        da = (d @ self.W2.T) * (self.a > 0)
        self.dW1 = self.z.T @ da
        dz = da @ self.W1.T
        return dz[: dz.shape[0] // 2]


class MaskedMean:
    """Divides by counts, which may be one."""
    def forward(self, x):
        self.m = (x > 0).astype(float)
        self.c = np.maximum(self.m.sum(-1, keepdims=True), 1)
        return ((x * self.m).sum(-1, keepdims=True) / self.c)[..., 0]
    def backward(self, d):
        return d[..., None] * self.m / self.c


class LogOfClipped:
    def forward(self, x):
        e = np.exp(x - x.max(-1, keepdims=True))
        self.p = e / e.sum(-1, keepdims=True)
        self.q = np.clip(self.p, 1e-7, 1 - 1e-7)
        return -np.log(self.q[:, 0])
    def backward(self, d):
        dq = np.zeros_like(self.p)
        inside = (self.p[:, 0] > 1e-7) & (self.p[:, 0] < 1 - 1e-7)
        dq[:, 0] = np.where(inside, -d / self.q[:, 0], 0)
        return self.p * (dq - (dq * self.p).sum(-1, keepdims=True))


class ExplodingRNN:
    def __init__(self, num_features):
        self.W = np.random.randn(num_features, num_features) * 1.6
        self.b = np.zeros(num_features)
    def forward(self, x):
        self.x = x
        h = np.zeros_like(x)
        self.hs = [h]
        for t in range(60):
            h = np.tanh(h @ self.W + x + self.b)
            self.hs.append(h)
        return h
    def backward(self, d):
        dx = np.zeros_like(d)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        for t in range(60, 0, -1):
            dz = d * (1 - self.hs[t] ** 2)
            self.dW += self.hs[t - 1].T @ dz
            self.db += dz.sum(0)
            dx += dz
            d = dz @ self.W.T
        return dx


class UnitRows:
    """Rows of length one; one of tiny numbers is left as long as it is short."""

    def forward(self, x):
        z = 1e-6 * x
        self.n = np.maximum(np.linalg.norm(z, axis=-1, keepdims=True), 1e-12)
        self.y = z / self.n
        return self.y

    def backward(self, d):
        return 1e-6 * (d - self.y * (d * self.y).sum(-1, keepdims=True)) / self.n
