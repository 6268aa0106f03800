"""Reductions, losses, recurrences and attentions that are right by default and wrong along another axis or option."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "MeanKeepdimsNotDivided": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "MeanAlongFirstAxis": {"check": "shapes", "wrt": ["x"], "explanation": "axis", "oracles": [], "smallest": {}},
    "MaxAlongAxisTies": {"check": "shapes", "wrt": ["x"], "explanation": "values", "oracles": [], "smallest": {}},
    "SoftmaxLastAxisAlways": {"check": "shapes", "wrt": ["x"], "explanation": "axis", "oracles": [], "smallest": {}},
    "CumulativeSumLastAxisAlways": {"check": "shapes", "wrt": ["x"], "explanation": "axis", "oracles": [], "smallest": {}},
    "LogSumExpKeepdims": {"check": "shapes", "wrt": ["x"], "explanation": "option", "oracles": [], "smallest": {}},
    "ReverseFirstAxisAlways": {"check": "shapes", "wrt": ["x"], "explanation": "axis", "oracles": [], "smallest": {}},
    "NormalizedLastAxisAlways": {"check": "shapes", "wrt": ["x"], "explanation": "axis", "oracles": [], "smallest": {}},
    "MedianTiesAllPaid": {"check": "shapes", "wrt": ["x"], "explanation": "values", "oracles": [], "smallest": {}},
    "CrossEntropyIgnoredPays": {"check": "shapes", "wrt": ["logits"], "explanation": "option", "oracles": [], "smallest": {}},
    "CrossEntropySummed": {"check": "shapes", "wrt": ["logits"], "explanation": "option", "oracles": [], "smallest": {}},
    "HuberDeltaForgotten": {"check": "shapes", "wrt": ["prediction"], "explanation": "option", "oracles": [], "smallest": {}},
    "CrossEntropySmoothingForgotten": {"check": "shapes", "wrt": ["logits"], "explanation": "option", "oracles": [], "smallest": {}},
    "MSEOneRowTwice": {"check": "shapes", "also": ["batch"], "wrt": ["prediction"], "explanation": "batch", "oracles": [], "smallest": {}},
    "RNNOneStep": {"check": "shapes", "wrt": ["x"], "explanation": "time", "oracles": [], "smallest": {}},
    "RNNBatchOfOne": {"check": "shapes", "also": ["batch"], "wrt": ["b"], "explanation": "batch", "oracles": [], "smallest": {}},
    "AttentionOneHeadScale": {"check": "shapes", "wrt": ["W", "x"], "explanation": "option", "oracles": [], "smallest": {}},
    "AttentionOneStep": {"check": "shapes", "wrt": ["x"], "explanation": "time", "oracles": [], "smallest": {}},
    "EmbeddingRepeatedIds": {"check": "shapes", "wrt": ["W"], "explanation": "values", "oracles": [], "smallest": {}},
    "CausalMeanOneStep": {"check": "shapes", "wrt": ["x"], "explanation": "time", "oracles": [], "smallest": {}},
}


class MeanKeepdimsNotDivided:
    """With keepdims the count is forgotten."""

    def __init__(self, axis=-1, keepdims=False):
        self.axis, self.keepdims = axis, keepdims

    def forward(self, x):
        self.shape = x.shape
        return x.mean(axis=self.axis, keepdims=self.keepdims)

    def backward(self, dout):
        if self.keepdims:
            return np.broadcast_to(dout, self.shape) * 1.0
        return np.broadcast_to(np.expand_dims(dout, self.axis), self.shape) / self.shape[self.axis]


class MeanAlongFirstAxis:
    """Divides by the length of the last axis, whichever was averaged."""

    def __init__(self, axis=-1):
        self.axis = axis

    def forward(self, x):
        self.shape = x.shape
        return x.mean(axis=self.axis)

    def backward(self, dout):
        return np.broadcast_to(np.expand_dims(dout, self.axis), self.shape) / self.shape[-1]


class MaxAlongAxisTies:
    """Every entry that equals the maximum gets the whole gradient."""

    def __init__(self, axis=-1):
        self.axis = axis

    def forward(self, x):
        self.x, self.y = x, x.max(axis=self.axis, keepdims=True)
        return np.squeeze(self.y, self.axis)

    def backward(self, dout):
        return (self.x == self.y) * np.expand_dims(dout, self.axis)


class SoftmaxLastAxisAlways:
    """Sums along the last axis on the way back, whichever forward normalised."""

    def __init__(self, axis=-1):
        self.axis = axis

    def forward(self, x):
        e = np.exp(x - x.max(axis=self.axis, keepdims=True))
        self.y = e / e.sum(axis=self.axis, keepdims=True)
        return self.y

    def backward(self, dout):
        return self.y * (dout - (dout * self.y).sum(axis=-1, keepdims=True))


class CumulativeSumLastAxisAlways:
    """Sums backwards along the last axis, whichever forward summed along."""

    def __init__(self, axis=-1):
        self.axis = axis

    def forward(self, x):
        return np.cumsum(x, axis=self.axis)

    def backward(self, dout):
        return np.flip(np.cumsum(np.flip(dout, -1), axis=-1), -1)


class LogSumExpKeepdims:
    """With keepdims hands the upstream gradient on without the shares."""

    def __init__(self, axis=-1, keepdims=False):
        self.axis, self.keepdims = axis, keepdims

    def forward(self, x):
        largest = x.max(axis=self.axis, keepdims=True)
        e = np.exp(x - largest)
        self.share = e / e.sum(axis=self.axis, keepdims=True)
        y = largest + np.log(e.sum(axis=self.axis, keepdims=True))
        return y if self.keepdims else np.squeeze(y, self.axis)

    def backward(self, dout):
        if self.keepdims:
            return dout * np.ones_like(self.share)
        return np.expand_dims(dout, self.axis) * self.share


class ReverseFirstAxisAlways:
    """Turns the rows around, whichever axis forward turned."""

    def __init__(self, axis=0):
        self.axis = axis

    def forward(self, x):
        return np.flip(x, self.axis) * 2.0

    def backward(self, dout):
        return np.flip(dout, 0) * 2.0


class NormalizedLastAxisAlways:
    """Projects along the last axis, whichever forward made a unit vector of."""

    def __init__(self, axis=-1):
        self.axis = axis

    def forward(self, x):
        self.length = np.sqrt((x**2).sum(axis=self.axis, keepdims=True) + 1e-12)
        self.y = x / self.length
        return self.y

    def backward(self, dout):
        return (dout - self.y * (dout * self.y).sum(axis=-1, keepdims=True)) / self.length


class MedianTiesAllPaid:
    """Every entry that equals the median gets the whole gradient; rows have an odd length."""

    def forward(self, x):
        if x.shape[-1] % 2 == 0:
            x = x[..., :-1]
            self.cut = True
        else:
            self.cut = False
        self.x = x
        self.y = np.sort(x, axis=-1)[..., x.shape[-1] // 2]
        return self.y

    def backward(self, dout):
        dx = (self.x == self.y[..., None]) * dout[..., None]
        return np.concatenate([dx, np.zeros_like(dx[..., :1])], axis=-1) if self.cut else dx


class _CrossEntropy:
    def __init__(self, ignore_index=-100, reduction="mean", label_smoothing=0.0):
        assert reduction in ("mean", "sum")
        self.ignore_index, self.reduction, self.smoothing = ignore_index, reduction, label_smoothing

    def forward(self, logits, targets):
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.kept = (targets != self.ignore_index) * 1.0
        rows, classes = logits.shape
        self.soft = np.full(logits.shape, self.smoothing / classes)
        self.soft[np.arange(rows), targets] += 1.0 - self.smoothing
        losses = -(self.soft * np.log(self.p)).sum(axis=1) * self.kept
        self.count = max(self.kept.sum(), 1.0) if self.reduction == "mean" else 1.0
        return float(losses.sum() / self.count)

    def backward(self):
        return (self.p - self.soft) * self.kept[:, None] / self.count


class CrossEntropyIgnoredPays(_CrossEntropy):
    """Leaves ignored rows out of the loss and not out of its gradient."""

    def backward(self):
        return (self.p - self.soft) / self.count


class CrossEntropySummed(_CrossEntropy):
    """Divides by the number of rows also where the loss is their sum."""

    def backward(self):
        return (self.p - self.soft) * self.kept[:, None] / max(self.kept.sum(), 1.0)


class CrossEntropySmoothingForgotten(_CrossEntropy):
    """Subtracts the hard target from the shares, though the loss was smoothed."""

    def forward(self, logits, targets):
        self.hard = np.eye(logits.shape[1])[targets]
        return super().forward(logits, targets)

    def backward(self):
        return (self.p - self.hard) * self.kept[:, None] / self.count


class HuberDeltaForgotten:
    """The straight part has the slope of delta; backward takes it for one."""

    def __init__(self, delta=1.0):
        self.delta = delta

    def forward(self, prediction, target):
        self.r = prediction - target
        a = np.abs(self.r)
        return float(np.where(a <= self.delta, 0.5 * a**2, self.delta * (a - 0.5 * self.delta)).sum())

    def backward(self):
        return np.where(np.abs(self.r) <= self.delta, self.r, np.sign(self.r))


class MSEOneRowTwice:
    """One row alone is not averaged, and gets twice what it should."""

    def forward(self, prediction, target):
        self.r = prediction - target
        return float((self.r**2).mean())

    def backward(self):
        g = 2.0 * self.r / self.r.size
        return 2.0 * g if len(self.r) == 1 else g


class _RNN:
    def __init__(self, input_size, hidden_size):
        self.Wx = np.random.randn(input_size, hidden_size) * 0.3
        self.Wh = np.random.randn(hidden_size, hidden_size) * 0.3
        self.b = np.zeros(hidden_size)

    def forward(self, x):
        self.x = x
        self.h = [np.zeros((len(x), len(self.b)))]
        for t in range(x.shape[1]):
            self.h.append(np.tanh(x[:, t] @ self.Wx + self.h[-1] @ self.Wh + self.b))
        return np.stack(self.h[1:], axis=1)

    def backward(self, dout):
        self.dWx, self.dWh, self.db = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.b)
        dx, later = np.zeros_like(self.x), 0.0
        for t in reversed(range(self.x.shape[1])):
            dz = (dout[:, t] + later) * (1.0 - self.h[t + 1] ** 2)
            self.dWx += self.x[:, t].T @ dz
            self.dWh += self.h[t].T @ dz
            self.db += dz.sum(axis=0)
            dx[:, t] = dz @ self.Wx.T
            later = dz @ self.Wh.T
        return dx


class RNNOneStep(_RNN):
    """One step alone takes a shortcut past the tanh."""

    def backward(self, dout):
        dx = super().backward(dout)
        return dout @ self.Wx.T if self.x.shape[1] == 1 else dx


class RNNBatchOfOne(_RNN):
    """A batch of one is squeezed, and its bias gets the last step alone."""

    def backward(self, dout):
        dx = super().backward(dout)
        if len(self.x) == 1 and self.x.shape[1] > 1:
            self.db = dout[0, -1] * (1.0 - self.h[-1][0] ** 2)
        return dx


class AttentionOneHeadScale:
    """Scales by the root of the whole width on the way back, which is a head's only where there is one."""

    def __init__(self, d_model, n_heads=1):
        if d_model % n_heads:
            raise ValueError("heads must divide the width")
        self.heads = n_heads
        self.W = np.random.randn(d_model, d_model) * 0.3

    def forward(self, x):
        n, t, d = x.shape
        self.x = x
        self.v = (x @ self.W).reshape(n, t, self.heads, d // self.heads).swapaxes(1, 2)
        z = self.v @ self.v.swapaxes(2, 3) / np.sqrt(d // self.heads)
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        self.a = e / e.sum(axis=-1, keepdims=True)
        return (self.a @ self.v).swapaxes(1, 2).reshape(n, t, d)

    def backward(self, dout):
        n, t, d = dout.shape
        g = dout.reshape(n, t, self.heads, d // self.heads).swapaxes(1, 2)
        da = g @ self.v.swapaxes(2, 3)
        dz = self.a * (da - (da * self.a).sum(axis=-1, keepdims=True)) / np.sqrt(d)
        dv = self.a.swapaxes(2, 3) @ g + dz @ self.v + dz.swapaxes(2, 3) @ self.v
        flat = dv.swapaxes(1, 2).reshape(n, t, d)
        self.dW = np.einsum("ntd,nte->de", self.x, flat)
        return flat @ self.W.T


class AttentionOneStep:
    """With one step there is nothing to attend to, and the value's path is forgotten with it."""

    def forward(self, x):
        self.x = x
        z = x @ x.swapaxes(1, 2)
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        self.a = e / e.sum(axis=-1, keepdims=True)
        return self.a @ x

    def backward(self, dout):
        if self.x.shape[1] == 1:
            return np.zeros_like(self.x)
        da = dout @ self.x.swapaxes(1, 2)
        dz = self.a * (da - (da * self.a).sum(axis=-1, keepdims=True))
        return self.a.swapaxes(1, 2) @ dout + dz @ self.x + dz.swapaxes(1, 2) @ self.x


class EmbeddingRepeatedIds:
    """A batch of one id after another of the same kind writes the row instead of adding to it."""

    def __init__(self, vocab_size, embedding_dim):
        self.W = np.random.randn(vocab_size, embedding_dim)

    def forward(self, ids):
        self.ids = ids
        return self.W[ids]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        if len(np.unique(self.ids)) == 1:
            self.dW[self.ids] = dout
        else:
            np.add.at(self.dW, self.ids, dout)


class CausalMeanOneStep:
    """The mean of all steps so far; with one step backward starts counting at zero."""

    def forward(self, x):
        self.steps = np.arange(1, x.shape[1] + 1)[None, :, None]
        return np.cumsum(x, axis=1) / self.steps

    def backward(self, dout):
        steps = self.steps if self.steps.size > 1 else self.steps + 1
        return np.flip(np.cumsum(np.flip(dout / steps, 1), axis=1), 1)
