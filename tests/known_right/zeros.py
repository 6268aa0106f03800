"""Right layers some or all of whose gradients are zero, exactly or up to rounding."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "UnusedParameter": {"may_be": ["passed"], "trap": "parameter without effect, its gradient stored as zero"},
    "ConstantOutput": {"may_be": ["passed", "inconclusive"], "trap": "output does not depend on the input"},
    "FixedBuffer": {"may_be": ["passed"], "trap": "array that acts on forward and is not meant to be trained"},
    "PositionalEncoding": {"may_be": ["passed"], "trap": "table that acts on forward and is not meant to be trained"},
    "ShiftBeforeSoftmax": {"may_be": ["passed", "inconclusive"], "trap": "gradient zero up to rounding"},
    "BiasBeforeBatchNorm": {"may_be": ["passed", "inconclusive"], "trap": "gradient zero up to rounding"},
    "AttentionKeyBias": {"may_be": ["passed", "inconclusive"], "trap": "gradient of the key bias is exactly zero"},
    "CausalAttention": {"may_be": ["passed", "inconclusive"], "trap": "scores of minus infinity, zero gradients"},
    "RootOfSquare": {"may_be": ["passed", "inconclusive"], "trap": "autograd through the root of zero is not a number"},
    "GuardedRoot": {"may_be": ["passed"], "trap": "branch not taken is not a number"},
}


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class UnusedParameter:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = np.zeros_like(self.b)
        return dout @ self.W.T


class ConstantOutput:
    def forward(self, x):
        self.shape = x.shape
        return np.ones((x.shape[0], 2))

    def backward(self, dout):
        return np.zeros(self.shape)


class FixedBuffer:
    """Standardises with statistics of the training set, which are data and have no gradient."""

    def __init__(self, num_features):
        self.mean = np.linspace(-1, 1, num_features)
        self.std = np.linspace(0.5, 2, num_features)

    def forward(self, x):
        return (x - self.mean) / self.std

    def backward(self, dout):
        return dout / self.std


class PositionalEncoding:
    """Adds sines and cosines of the position; input (batch, time, d_model)."""

    def __init__(self, d_model, max_len=16):
        angle = np.arange(max_len)[:, None] / 100.0 ** (np.arange(d_model)[None, :] / d_model)
        self.encoding = np.where(np.arange(d_model) % 2 == 0, np.sin(angle), np.cos(angle))

    def forward(self, x):
        return x + self.encoding[: x.shape[1]]

    def backward(self, dout):
        return dout


class ShiftBeforeSoftmax:
    """Adds one learned number to all logits of a row, which softmax takes out again."""

    def __init__(self):
        self.shift = np.zeros(1)
        self.dshift = np.zeros(1)

    def forward(self, x):
        self.p = softmax(x + self.shift)
        return self.p

    def backward(self, dout):
        dx = self.p * (dout - (dout * self.p).sum(axis=-1, keepdims=True))
        self.dshift = np.array([dx.sum()])
        return dx


class BiasBeforeBatchNorm:
    """A linear layer with a bias, normalised over the batch, so that the bias cancels."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        z = x @ self.W + self.b
        self.std = np.sqrt(z.var(axis=0) + 1e-5)
        self.z_hat = (z - z.mean(axis=0)) / self.std
        return self.z_hat

    def backward(self, dout):
        dz = dout - dout.mean(axis=0) - self.z_hat * (dout * self.z_hat).mean(axis=0)
        dz = dz / self.std
        self.dW = self.x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T


class AttentionKeyBias:
    """One head of self-attention over (batch, time, d_model); a key bias shifts all scores of a query alike."""

    causal = False

    def __init__(self, d_model):
        scale = 1 / np.sqrt(d_model)
        self.Wq, self.Wk, self.Wv = (np.random.randn(d_model, d_model) * scale for _ in range(3))
        self.bq, self.bk, self.bv = (np.zeros(d_model) for _ in range(3))

    def forward(self, x):
        self.x = x
        self.q = x @ self.Wq + self.bq
        self.k = x @ self.Wk + self.bk
        self.v = x @ self.Wv + self.bv
        scores = self.q @ self.k.transpose(0, 2, 1) / np.sqrt(x.shape[-1])
        if self.causal:
            hidden = np.triu(np.ones((x.shape[1], x.shape[1]), dtype=bool), 1)
            scores = np.where(hidden, -np.inf, scores)
        self.a = softmax(scores)
        return self.a @ self.v

    def backward(self, dout):
        x = self.x
        dv = self.a.transpose(0, 2, 1) @ dout
        da = dout @ self.v.transpose(0, 2, 1)
        ds = self.a * (da - (da * self.a).sum(axis=-1, keepdims=True)) / np.sqrt(x.shape[-1])
        dq = ds @ self.k
        dk = ds.transpose(0, 2, 1) @ self.q
        flat = x.reshape(-1, x.shape[-1])
        self.dWq = flat.T @ dq.reshape(flat.shape)
        self.dWk = flat.T @ dk.reshape(flat.shape)
        self.dWv = flat.T @ dv.reshape(flat.shape)
        self.dbq = dq.sum(axis=(0, 1))
        self.dbk = dk.sum(axis=(0, 1))
        self.dbv = dv.sum(axis=(0, 1))
        return dq @ self.Wq.T + dk @ self.Wk.T + dv @ self.Wv.T


class CausalAttention(AttentionKeyBias):
    """The same with the future hidden by scores of minus infinity; the first step looks at itself only."""

    causal = True


class RootOfSquare:
    """sqrt((x - max)^2): zero at the largest feature, always; written as its absolute value is."""

    def forward(self, x):
        self.winner = x.argmax(axis=-1)
        return np.sqrt((x - x.max(axis=-1, keepdims=True)) ** 2)

    def backward(self, dout):
        dx = -dout.copy()
        winner = self.winner[..., None]
        np.put_along_axis(dx, winner, 0.0, axis=-1)
        np.put_along_axis(dx, winner, -dx.sum(axis=-1, keepdims=True), axis=-1)
        return dx


class GuardedRoot:
    """sqrt(x) + x for positive x and x elsewhere; the root of the negative ones is computed and thrown away."""

    def forward(self, x):
        self.x = x
        with np.errstate(invalid="ignore"):
            return x + np.where(x > 0, np.sqrt(x), 0.0)

    def backward(self, dout):
        positive = self.x > 0
        safe = np.where(positive, self.x, 1.0)
        return dout * (1 + np.where(positive, 0.5 / np.sqrt(safe), 0.0))
