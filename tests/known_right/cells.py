"""Cells and layers with several inputs and outputs: states in and out, lists of arrays, an output for the curious."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "LongShortTermStep": {"may_be": ["passed"], "trap": "two states in, two out"},
    "LongShortTermStepMemoryFirst": {"may_be": ["passed"], "trap": "upstream gradients in another order, told by their names"},
    "LongShortTermStepWithoutNames": {"may_be": ["passed"], "trap": "upstream gradients in another order, told by no name"},
    "GatedStep": {"may_be": ["passed"], "trap": "the state is used twice"},
    "StatesAndLastState": {"may_be": ["passed"], "trap": "the last state comes out twice"},
    "SplitInTwo": {"may_be": ["passed"], "trap": "a list comes out"},
    "SineAndCosine": {"may_be": ["passed"], "trap": "one pair of upstream gradients"},
    "TwoBranches": {"may_be": ["passed"], "trap": "two outputs; what backward calls their gradients says nothing"},
    "QuotientAndRemainder": {"may_be": ["passed"], "trap": "two in, two out, of one shape"},
    "AttentionWithItsWeights": {"may_be": ["passed"], "trap": "a second output without an upstream gradient"},
    "ProductOfList": {"may_be": ["passed"], "trap": "a list goes in"},
    "JoinedList": {"may_be": ["passed"], "trap": "a list goes in, one item is scaled"},
    "BilinearForm": {"may_be": ["passed"], "trap": "two inputs of one shape"},
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class LongShortTermStep:
    def __init__(self, input_dim, hidden_dim):
        self.W = np.random.randn(input_dim + hidden_dim, 4 * hidden_dim) * 0.3
        self.b = np.zeros(4 * hidden_dim)

    def forward(self, x, h_prev, c_prev):
        z = np.concatenate([x, h_prev], axis=1)
        a = z @ self.W + self.b
        H = h_prev.shape[1]
        i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
        g = np.tanh(a[:, 3 * H :])
        c_next = f * c_prev + i * g
        h_next = o * np.tanh(c_next)
        self.cache = z, i, f, o, g, c_prev, c_next
        return h_next, c_next

    def backward(self, dh_next, dc_next):
        z, i, f, o, g, c_prev, c_next = self.cache
        t = np.tanh(c_next)
        dc = dc_next + dh_next * o * (1 - t**2)
        parts = [dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dh_next * t * o * (1 - o), dc * i * (1 - g**2)]
        da = np.concatenate(parts, axis=1)
        self.dW, self.db = z.T @ da, da.sum(axis=0)
        dz = da @ self.W.T
        H = c_prev.shape[1]
        return dz[:, :-H], dz[:, -H:], dc * f


class LongShortTermStepMemoryFirst(LongShortTermStep):
    """Backward takes the gradients in another order than forward returns what they belong to; the names say so."""

    def backward(self, dc_next, dh_next):
        return super().backward(dh_next, dc_next)


class LongShortTermStepWithoutNames(LongShortTermStep):
    """Neither forward's return nor backward's arguments tell which is which: only one order agrees with forward."""

    def forward(self, x, h_prev, c_prev):
        both = super().forward(x, h_prev, c_prev)
        return both[1], both[0]

    def backward(self, grad_first, grad_second):
        return super().backward(grad_first, grad_second)


class GatedStep:
    """A gated recurrent step that keeps its state by z and hands it on twice."""

    def __init__(self, n_in, n_hidden):
        self.Wx = np.random.randn(n_in, 3 * n_hidden) * 0.4
        self.Wh = np.random.randn(n_hidden, 3 * n_hidden) * 0.4

    def forward(self, x, h):
        H = h.shape[1]
        a, b = x @ self.Wx, h @ self.Wh
        r, z = sigmoid(a[:, :H] + b[:, :H]), sigmoid(a[:, H : 2 * H] + b[:, H : 2 * H])
        n = np.tanh(a[:, 2 * H :] + r * b[:, 2 * H :])
        self.kept = x, h, b[:, 2 * H :], r, z, n
        return (1 - z) * n + z * h

    def backward(self, grad_output):
        x, h, bn, r, z, n = self.kept
        dn = grad_output * (1 - z) * (1 - n**2)
        dz = grad_output * (h - n) * z * (1 - z)
        dr = dn * bn * r * (1 - r)
        da = np.concatenate([dr, dz, dn], axis=1)
        db = np.concatenate([dr, dz, dn * r], axis=1)
        self.dWx, self.dWh = x.T @ da, h.T @ db
        return da @ self.Wx.T, grad_output * z + db @ self.Wh.T


class StatesAndLastState:
    """A recurrent layer whose last state comes out twice: in the sequence and alone."""

    def __init__(self, n_in, n_hidden):
        self.Wx = np.random.randn(n_in, n_hidden) * 0.4
        self.Wh = np.random.randn(n_hidden, n_hidden) * 0.4
        self.b = np.zeros(n_hidden)

    def forward(self, x, h0):
        states, h = [], h0
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ self.Wx + h @ self.Wh + self.b)
            states.append(h)
        self.x, self.h0, self.states = x, h0, states
        return np.stack(states, axis=1), h

    def backward(self, dstates, dh):
        self.dWx, self.dWh, self.db = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.b)
        dx = np.zeros_like(self.x)
        for t in reversed(range(self.x.shape[1])):
            da = (dh + dstates[:, t]) * (1 - self.states[t] ** 2)
            self.dWx += self.x[:, t].T @ da
            self.dWh += (self.states[t - 1] if t else self.h0).T @ da
            self.db += da.sum(axis=0)
            dx[:, t] = da @ self.Wx.T
            dh = da @ self.Wh.T
        return dx, dh


class SplitInTwo:
    def forward(self, x):
        half = x.shape[-1] // 2
        return [x[..., :half], x[..., half:]]

    def backward(self, grads):
        return np.concatenate(grads, axis=-1)


class SineAndCosine:
    """The upstream gradients come as one pair."""

    def forward(self, x):
        self.x = x
        return np.sin(x), np.cos(x)

    def backward(self, grads):
        d_sine, d_cosine = grads
        return d_sine * np.cos(self.x) - d_cosine * np.sin(self.x)


class TwoBranches:
    """Two outputs of different widths."""

    def __init__(self, in_features, out_features):
        self.left = np.random.randn(in_features, out_features) * 0.3
        self.right = np.random.randn(in_features, 2) * 0.3

    def forward(self, x):
        self.x = x
        return x @ self.left, np.tanh(x @ self.right)

    def backward(self, first, second):
        second = second * (1 - np.tanh(self.x @ self.right) ** 2)
        self.dleft, self.dright = self.x.T @ first, self.x.T @ second
        return first @ self.left.T + second @ self.right.T


class QuotientAndRemainder:
    """Two inputs and two outputs of one shape each."""

    def forward(self, a, b):
        self.a, self.b = a, 2.0 + b * b
        quotient, rest = self.a / self.b, self.a - 0.5 * b
        self.raw = b
        return quotient, rest

    def backward(self, d_quotient, d_rest):
        da = d_quotient / self.b + d_rest
        db = -d_quotient * self.a / self.b**2 * 2 * self.raw - 0.5 * d_rest
        return da, db


class AttentionWithItsWeights:
    """The weights come out to be looked at; backward is not asked for them."""

    def forward(self, q, k, v):
        scores = q @ k.swapaxes(-1, -2)
        p = np.exp(scores - scores.max(-1, keepdims=True))
        p /= p.sum(-1, keepdims=True)
        self.kept = q, k, v, p
        return p @ v, p

    def backward(self, dout):
        q, k, v, p = self.kept
        dp = dout @ v.swapaxes(-1, -2)
        ds = p * (dp - (dp * p).sum(-1, keepdims=True))
        return ds @ k, ds.swapaxes(-1, -2) @ q, p.swapaxes(-1, -2) @ dout


class ProductOfList:
    def forward(self, inputs):
        self.a, self.b = inputs
        return self.a * self.b

    def backward(self, dout):
        return [dout * self.b, dout * self.a]


class JoinedList:
    def forward(self, xs):
        first, second = xs
        self.at = first.shape[-1]
        return np.concatenate([first, 2.0 * second], axis=-1)

    def backward(self, dout):
        return dout[..., : self.at], 2.0 * dout[..., self.at :]


class BilinearForm:
    def __init__(self, features, out):
        self.W = np.random.randn(features, out) * 0.5

    def forward(self, x1, x2):
        self.x1, self.x2 = x1, x2
        return (x1 * x2) @ self.W

    def backward(self, grad):
        self.dW = (self.x1 * self.x2).T @ grad
        shared = grad @ self.W.T
        return shared * self.x2, shared * self.x1
