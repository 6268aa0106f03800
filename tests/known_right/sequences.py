"""Attention with masks, cells with states, weights that are used twice."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "HeadsByEinsum": {"may_be": ["passed"], "trap": "two heads, every product an einsum"},
    "CausalHeads": {"may_be": ["passed"], "trap": "minus infinity above the diagonal"},
    "AttentionOfGivenMask": {"may_be": ["passed"], "trap": "the mask is an argument, and may hide everything"},
    "SafeSoftmaxOfMask": {"may_be": ["passed"], "trap": "rows that are hidden throughout come out as zeros"},
    "GatedCell": {"may_be": ["passed"], "trap": "the state before is an argument, and has a gradient"},
    "MemoryCell": {"may_be": ["passed"], "trap": "two states, four gates in one product"},
    "TiedThereAndBack": {"may_be": ["passed"], "trap": "two layers share W, each keeps the gradient of its use"},
    "TiedInOneGradient": {"may_be": ["passed"], "trap": "two layers share W and add to one gradient"},
    "TiedTwiceInARow": {"may_be": ["passed"], "trap": "the same weights twice, both gradients added"},
}


class HeadsByEinsum:
    heads = 2

    def __init__(self, embed_dim=4):
        self.W = np.random.randn(3, embed_dim, embed_dim) * 0.4

    def allowed(self, t):
        return np.ones((t, t), dtype=bool)

    def forward(self, x):
        n, t, d = x.shape
        self.x, self.scale = x, (d // self.heads) ** -0.5
        self.q, self.k, self.v = np.einsum("ntd,sde->snte", x, self.W).reshape(3, n, t, self.heads, -1)
        s = np.einsum("nihe,njhe->nhij", self.q, self.k) * self.scale
        s = np.where(self.allowed(t), s, -np.inf)
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        self.a = e / e.sum(axis=-1, keepdims=True)
        return np.einsum("nhij,njhe->nihe", self.a, self.v).reshape(x.shape)

    def backward(self, dy):
        n, t, d = dy.shape
        dy = dy.reshape(self.q.shape)
        da = np.einsum("nihe,njhe->nhij", dy, self.v)
        ds = self.a * (da - np.einsum("nhij,nhij->nhi", da, self.a)[..., None]) * self.scale
        dq, dk = np.einsum("nhij,njhe->nihe", ds, self.k), np.einsum("nhij,nihe->njhe", ds, self.q)
        dv = np.einsum("nhij,nihe->njhe", self.a, dy)
        each = np.stack([dq, dk, dv]).reshape(3, n, t, d)
        self.dW = np.einsum("ntd,snte->sde", self.x, each)
        return np.einsum("snte,sde->ntd", each, self.W)


class CausalHeads(HeadsByEinsum):
    def allowed(self, t):
        return np.tril(np.ones((t, t), dtype=bool))


class AttentionOfGivenMask:
    def forward(self, x, mask):
        self.x, self.mask = x, mask
        s = np.where(mask > 0, x, -1e9)
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        self.a = e / e.sum(axis=-1, keepdims=True)
        return self.a.copy()

    def backward(self, dy):
        return np.where(self.mask > 0, self.a * (dy - (dy * self.a).sum(axis=-1, keepdims=True)), 0.0)


class SafeSoftmaxOfMask:
    def forward(self, x, mask):
        e = np.exp(x - x.max(axis=-1, keepdims=True)) * (mask > 0)
        total = e.sum(axis=-1, keepdims=True)
        self.a = e / np.where(total > 0, total, 1.0)
        return self.a.copy()

    def backward(self, dy):
        return self.a * (dy - (dy * self.a).sum(axis=-1, keepdims=True))


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


class GatedCell:
    def __init__(self, input_size, hidden_size):
        self.Wx = np.random.randn(input_size, hidden_size) * 0.5
        self.Wh = np.random.randn(hidden_size, hidden_size) * 0.5
        self.Wz = np.random.randn(input_size, hidden_size) * 0.5

    def forward(self, x, h_prev):
        self.x, self.h = x, h_prev
        self.z, self.c = sigmoid(x @ self.Wz), np.tanh(x @ self.Wx + h_prev @ self.Wh)
        return self.z * h_prev + (1 - self.z) * self.c

    def backward(self, dh):
        dz = dh * (self.h - self.c) * self.z * (1 - self.z)
        dc = dh * (1 - self.z) * (1 - self.c**2)
        self.dWz, self.dWx, self.dWh = self.x.T @ dz, self.x.T @ dc, self.h.T @ dc
        return dz @ self.Wz.T + dc @ self.Wx.T, dh * self.z + dc @ self.Wh.T


class MemoryCell:
    def __init__(self, input_size, hidden_size):
        self.n = hidden_size
        self.W = np.random.randn(input_size + hidden_size, 4 * hidden_size) * 0.4
        self.b = np.zeros(4 * hidden_size)

    def forward(self, x, h_prev, c_prev):
        n = self.n
        self.both, self.c = np.hstack([x, h_prev]), c_prev
        z = self.both @ self.W + self.b
        self.i, self.f, self.o = sigmoid(z[:, :n]), sigmoid(z[:, n : 2 * n]), sigmoid(z[:, 2 * n : 3 * n])
        self.g = np.tanh(z[:, 3 * n :])
        self.t = np.tanh(self.f * c_prev + self.i * self.g)
        return self.o * self.t

    def backward(self, dh):
        dc = dh * self.o * (1 - self.t**2)
        gates = [dc * self.g * self.i * (1 - self.i), dc * self.c * self.f * (1 - self.f)]
        gates += [dh * self.t * self.o * (1 - self.o), dc * self.i * (1 - self.g**2)]
        dz = np.hstack(gates)
        self.dW, self.db = self.both.T @ dz, dz.sum(axis=0)
        d = dz @ self.W.T
        return d[:, : -self.n], d[:, -self.n :], dc * self.f


class Straight:
    def __init__(self, W):
        self.W = W

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dy):
        self.dW = self.x.T @ dy
        return dy @ self.W.T


class Turned(Straight):
    def forward(self, x):
        self.x = x
        return x @ self.W.T

    def backward(self, dy):
        self.dW = dy.T @ self.x
        return dy @ self.W


class TiedThereAndBack:
    def __init__(self, in_features, hidden_size):
        self.encoder = Straight(np.random.randn(in_features, hidden_size) * 0.4)
        self.decoder = Turned(self.encoder.W)

    def forward(self, x):
        self.h = np.tanh(self.encoder.forward(x))
        return self.decoder.forward(self.h)

    def backward(self, dy):
        return self.encoder.backward(self.decoder.backward(dy) * (1 - self.h**2))


class TiedInOneGradient(TiedThereAndBack):
    def backward(self, dy):
        dx = super().backward(dy)
        total = self.encoder.dW + self.decoder.dW
        self.encoder.dW = self.decoder.dW = total
        return dx


class TiedTwiceInARow:
    def __init__(self, hidden_size):
        self.W = np.random.randn(hidden_size, hidden_size) * 0.4

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W)
        return self.h @ self.W

    def backward(self, dy):
        dz = (dy @ self.W.T) * (1 - self.h**2)
        self.dW = self.h.T @ dy + self.x.T @ dz
        return dz @ self.W.T
