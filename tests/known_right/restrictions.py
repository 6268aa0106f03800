"""Right layers that take only some shapes, options or memory, and say so or have a convention for the rest."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "SquareImagesOnly": {"may_be": ["passed"], "trap": "asserts that height and width are equal"},
    "EvenSizesOnly": {"may_be": ["passed"], "trap": "raises for odd sizes"},
    "OddKernelsOnly": {"may_be": ["passed"], "trap": "raises for even kernels, which have no middle"},
    "StrideMustDivide": {"may_be": ["passed"], "trap": "raises where the stride leaves a remainder"},
    "HeadsMustDivide": {"may_be": ["passed"], "trap": "raises where heads do not divide the width"},
    "TwoAxesAsserted": {"may_be": ["passed"], "trap": "asserts two axes; forward alone would take three"},
    "TwoAxesTacitly": {"may_be": ["passed"], "trap": "forward takes three axes by broadcasting, nobody meant it"},
    "BatchNormOverFirstAxis": {"may_be": ["passed"], "trap": "with three axes it normalises something else"},
    "SoftmaxOverSecondAxis": {"may_be": ["passed"], "trap": "with three axes it is another softmax"},
    "MoreThanOneRow": {"may_be": ["passed"], "trap": "raises for a batch of one: its variance has no meaning"},
    "WeightsMadeByFirstInput": {"may_be": ["passed"], "trap": "the width is the first input's"},
    "ChannelsByBroadcasting": {"may_be": ["passed"], "trap": "forward takes one channel instead of three"},
    "EmbeddingWithPadding": {"may_be": ["passed"], "trap": "the padding row is frozen on purpose, as torch's is"},
    "MaxPoolFirstOfTies": {"may_be": ["passed"], "trap": "of equal pixels the first gets all"},
    "MaxPoolTiesShare": {"may_be": ["passed"], "trap": "equal pixels share the gradient"},
    "MedianOfTies": {"may_be": ["passed"], "trap": "of equal entries one gets all"},
    "AbsoluteAtZero": {"may_be": ["passed"], "trap": "a slope of one at zero"},
    "WritesIntoUpstream": {"may_be": ["passed"], "trap": "raises where the upstream gradient is read-only"},
    "WritesIntoInput": {"may_be": ["passed"], "trap": "raises where its input is read-only"},
    "TableOfPositions": {"may_be": ["passed"], "trap": "raises for sequences longer than its table"},
    "ModesOfTwo": {"may_be": ["passed"], "trap": "a word it does not know is refused"},
    "FixedBatch": {"may_be": ["passed"], "trap": "the batch size is an argument of the constructor"},
    "PairwiseRoot": {"may_be": ["passed"], "trap": "0 / 0 where two rows are equal"},
    "NarrowTopK": {"may_be": ["passed"], "trap": "keeps the two largest, of ties any two"},
}


class SquareImagesOnly:
    def forward(self, x):
        assert x.shape[2] == x.shape[3], "square images only"
        self.side = x.shape[2]
        return x.swapaxes(2, 3).reshape(len(x), x.shape[1], -1) * 3.0

    def backward(self, dout):
        return 3.0 * dout.reshape(*dout.shape[:2], self.side, self.side).swapaxes(2, 3)


class EvenSizesOnly:
    def forward(self, x):
        if x.shape[-1] % 2:
            message = "the last axis must be even"
            raise ValueError(message)
        self.a, self.b = x[..., ::2], x[..., 1::2]
        return self.a * self.b

    def backward(self, dout):
        return np.stack([dout * self.b, dout * self.a], axis=-1).reshape(*dout.shape[:-1], -1)


class OddKernelsOnly:
    def __init__(self, kernel_size=3):
        if kernel_size % 2 == 0:
            message = "an even kernel has no middle"
            raise ValueError(message)
        self.k = kernel_size
        self.w = np.random.randn(kernel_size)

    def forward(self, x):
        r = self.k // 2
        self.x = np.pad(x, ((0, 0), (0, 0), (r, r)))
        return sum(self.w[i] * self.x[:, :, i : i + x.shape[2]] for i in range(self.k))

    def backward(self, dout):
        n, r = dout.shape[2], self.k // 2
        dx = np.zeros_like(self.x)
        self.dw = np.array([np.sum(dout * self.x[:, :, i : i + n]) for i in range(self.k)])
        for i in range(self.k):
            dx[:, :, i : i + n] += self.w[i] * dout
        return dx[:, :, r : r + n]


class StrideMustDivide:
    def __init__(self, kernel_size=2, stride=2):
        self.k, self.s = kernel_size, stride

    def forward(self, x):
        if any((n - self.k) % self.s or n < self.k for n in x.shape[2:]):
            message = "the stride leaves a remainder"
            raise ValueError(message)
        self.shape = x.shape
        rows, columns = ((n - self.k) // self.s + 1 for n in x.shape[2:])
        s, k = self.s, self.k
        windows = [x[:, :, i : i + rows * s : s, j : j + columns * s : s] for i in range(k) for j in range(k)]
        return sum(windows) / k**2

    def backward(self, dout):
        dx = np.zeros(self.shape)
        (rows, columns), s = dout.shape[2:], self.s
        for i in range(self.k):
            for j in range(self.k):
                dx[:, :, i : i + rows * s : s, j : j + columns * s : s] += dout / self.k**2
        return dx


class HeadsMustDivide:
    def __init__(self, d_model, n_heads=2):
        if d_model % n_heads:
            message = "heads must divide the width"
            raise ValueError(message)
        self.heads = n_heads

    def forward(self, x):
        rows = x.reshape(*x.shape[:-1], self.heads, -1)
        self.rows = rows
        return (rows - rows.mean(axis=-1, keepdims=True)).reshape(x.shape) ** 2

    def backward(self, dout):
        centred = self.rows - self.rows.mean(axis=-1, keepdims=True)
        g = 2.0 * dout.reshape(self.rows.shape) * centred
        return (g - g.mean(axis=-1, keepdims=True)).reshape(dout.shape)


class TwoAxesAsserted:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3

    def forward(self, x):
        assert x.ndim == 2, "rows of features"
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T


class TwoAxesTacitly:
    def __init__(self, in_features, out_features):
        self.W, self.b = np.random.randn(in_features, out_features) * 0.3, np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)


class BatchNormOverFirstAxis:
    def __init__(self, num_features):
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)

    def forward(self, x):
        self.inverse = 1.0 / np.sqrt(x.var(axis=0) + 1e-5)
        self.hat = (x - x.mean(axis=0)) * self.inverse
        return self.gamma * self.hat + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = (dout * self.hat).sum(axis=0), dout.sum(axis=0)
        g = dout * self.gamma
        return self.inverse * (g - g.mean(axis=0) - self.hat * (g * self.hat).mean(axis=0))


class SoftmaxOverSecondAxis:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return self.y

    def backward(self, dout):
        return self.y * (dout - (dout * self.y).sum(axis=-1, keepdims=True))


class MoreThanOneRow:
    def forward(self, x):
        if len(x) < 2:
            message = "one row has no variance"
            raise ValueError(message)
        self.centred = x - x.mean(axis=0)
        return (self.centred**2).sum(axis=0) / (len(x) - 1)

    def backward(self, dout):
        return 2.0 * self.centred * dout / (len(self.centred) - 1)


class WeightsMadeByFirstInput:
    def __init__(self, units):
        self.units, self.W = units, None

    def forward(self, x):
        if self.W is None:
            self.W = np.random.randn(x.shape[-1], self.units) * 0.3
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.reshape(-1, self.x.shape[-1]).T @ dout.reshape(-1, self.units)
        return dout @ self.W.T


class ChannelsByBroadcasting:
    def __init__(self, channels=3):
        self.gain = np.random.randn(channels)

    def forward(self, x):
        self.x = x
        return x * self.gain[None, :, None, None]

    def backward(self, dout):
        self.dgain = (dout * self.x).sum(axis=(0, 2, 3))
        return dout * self.gain[None, :, None, None]


class EmbeddingWithPadding:
    def __init__(self, vocab_size, embedding_dim, padding_idx=None):
        self.W, self.padding_idx = np.random.randn(vocab_size, embedding_dim), padding_idx

    def forward(self, ids):
        self.ids = ids
        return self.W[ids]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.ids, dout)
        if self.padding_idx is not None:
            self.dW[self.padding_idx] = 0.0


class _MaxPool:
    def __init__(self, kernel_size=2):
        self.k = kernel_size

    def windows(self, x):
        k = self.k
        rows, columns = x.shape[2] // k, x.shape[3] // k
        if not rows or not columns:
            message = "the window is larger than the image"
            raise ValueError(message)
        cut = x[:, :, : rows * k, : columns * k].reshape(*x.shape[:2], rows, k, columns, k)
        return cut.swapaxes(3, 4).reshape(*x.shape[:2], rows, columns, k * k)

    def forward(self, x):
        self.shape, self.w = x.shape, self.windows(x)
        return self.w.max(axis=-1)

    def backward(self, dout):
        k, (rows, columns) = self.k, dout.shape[2:]
        g = (self.weights() * dout[..., None]).reshape(*dout.shape, k, k).swapaxes(3, 4)
        dx = np.zeros(self.shape)
        dx[:, :, : rows * k, : columns * k] = g.reshape(*dout.shape[:2], rows * k, columns * k)
        return dx


class MaxPoolFirstOfTies(_MaxPool):
    def weights(self):
        return np.eye(self.k**2)[self.w.argmax(axis=-1)]


class MaxPoolTiesShare(_MaxPool):
    def weights(self):
        ties = (self.w == self.w.max(axis=-1, keepdims=True)) * 1.0
        return ties / ties.sum(axis=-1, keepdims=True)


class MedianOfTies:
    def forward(self, x):
        if x.shape[-1] % 2 == 0:
            x = x[..., :-1]
            self.more = 1
        else:
            self.more = 0
        order = np.argsort(x, axis=-1, kind="stable")
        self.where, self.shape = order[..., x.shape[-1] // 2, None], x.shape
        return np.take_along_axis(x, self.where, axis=-1)[..., 0]

    def backward(self, dout):
        dx = np.zeros((*self.shape[:-1], self.shape[-1] + self.more))
        np.put_along_axis(dx, self.where, dout[..., None], axis=-1)
        return dx


class AbsoluteAtZero:
    def forward(self, x):
        self.x = x
        return np.abs(x)

    def backward(self, dout):
        return np.where(self.x >= 0.0, dout, -dout)


class WritesIntoUpstream:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0.0)

    def backward(self, dout):
        dout[self.x <= 0.0] = 0.0
        return dout


class WritesIntoInput:
    def forward(self, x):
        self.positive = x > 0.0
        x[~self.positive] *= 0.1
        return x

    def backward(self, dout):
        return np.where(self.positive, dout, 0.1 * dout)


class TableOfPositions:
    def __init__(self, max_len, d_model):
        self.table = np.random.randn(max_len, d_model) * 0.3

    def forward(self, x):
        if x.shape[1] > len(self.table):
            message = "the sequence is longer than the table"
            raise ValueError(message)
        self.steps = x.shape[1]
        return x + self.table[: self.steps]

    def backward(self, dout):
        self.dtable = np.zeros_like(self.table)
        self.dtable[: self.steps] = dout.sum(axis=0)
        return dout


class ModesOfTwo:
    def __init__(self, mode="mean"):
        if mode not in ("mean", "sum"):
            message = "mean or sum"
            raise ValueError(message)
        self.mode = mode

    def forward(self, x):
        self.shape = x.shape
        return x.mean(axis=-1) if self.mode == "mean" else x.sum(axis=-1)

    def backward(self, dout):
        count = self.shape[-1] if self.mode == "mean" else 1
        return np.broadcast_to(dout[..., None], self.shape) / count


class FixedBatch:
    def __init__(self, batch_size, in_features):
        self.batch = batch_size
        self.W = np.random.randn(in_features, in_features) * 0.3

    def forward(self, x):
        assert len(x) == self.batch
        self.x = x
        return np.tanh(x @ self.W)

    def backward(self, dout):
        dz = dout * (1.0 - np.tanh(self.x @ self.W) ** 2)
        self.dW = self.x.T @ dz
        return dz @ self.W.T


class PairwiseRoot:
    def forward(self, x):
        self.apart = x[:, None] - x[None]
        self.far = np.sqrt((self.apart**2).sum(axis=-1))
        return self.far

    def backward(self, dout):
        with np.errstate(invalid="ignore", divide="ignore"):
            unit = self.apart / self.far[..., None]
        unit[np.arange(len(unit)), np.arange(len(unit))] = 0.0
        g = dout[..., None] * unit
        return g.sum(axis=1) - g.sum(axis=0)


class NarrowTopK:
    def forward(self, x):
        if x.shape[-1] < 2:
            message = "two of a row are kept"
            raise ValueError(message)
        self.where, self.shape = np.argsort(-x, axis=-1, kind="stable")[..., :2], x.shape
        return np.take_along_axis(x, self.where, axis=-1)

    def backward(self, dout):
        dx = np.zeros(self.shape)
        np.put_along_axis(dx, self.where, dout, axis=-1)
        return dx
