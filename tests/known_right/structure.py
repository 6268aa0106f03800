"""Right layers with more inside: recurrences, convolutions, embeddings, inverses, stacks of layers."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "RecurrentEightSteps": {"may_be": ["passed"], "trap": "the same weights eight times"},
    "RNN": {"may_be": ["passed"], "trap": "backpropagation through time"},
    "Embedding": {"may_be": ["passed"], "trap": "integer input, repeated rows add up"},
    "InverseOfGram": {"may_be": ["passed"], "trap": "matrix inverse, output without batch axis"},
    "SolveLayer": {"may_be": ["passed"], "trap": "matrix inverse of a parameter"},
    "Conv2d": {"may_be": ["passed"], "trap": "stride smaller than the kernel, padding"},
    "MaxPool2d": {"may_be": ["passed"], "trap": "overlapping windows, winner takes all"},
    "UpSampling2d": {"may_be": ["passed"], "trap": "every pixel four times"},
    "Affine": {"may_be": ["passed"], "trap": "none, a building block"},
    "Tanh": {"may_be": ["passed"], "trap": "none, a building block"},
    "MLP": {"may_be": ["passed"], "trap": "layers kept in a list"},
    "ResidualMLP": {"may_be": ["passed"], "trap": "two paths to the input"},
    "Stack": {"may_be": ["passed"], "trap": "is handed its layers, which remember; two stacks have their own"},
}


class RecurrentEightSteps:
    def __init__(self, hidden_size):
        self.W = np.random.randn(hidden_size, hidden_size) * 0.5
        self.b = np.zeros(hidden_size)

    def forward(self, x):
        self.x = x
        self.states = [np.zeros_like(x)]
        for _ in range(8):
            self.states.append(np.tanh(self.states[-1] @ self.W + x + self.b))
        return self.states[-1]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        dx = np.zeros_like(self.x)
        dh = dout
        for before, after in zip(self.states[-2::-1], self.states[:0:-1]):
            dz = dh * (1 - after**2)
            self.dW += before.T @ dz
            self.db += dz.sum(axis=0)
            dx += dz
            dh = dz @ self.W.T
        return dx


class RNN:
    """Input (batch, time, input_size), output the last state."""

    def __init__(self, input_size, hidden_size):
        self.Wx = np.random.randn(input_size, hidden_size) * 0.4
        self.Wh = np.random.randn(hidden_size, hidden_size) * 0.4
        self.b = np.zeros(hidden_size)

    def forward(self, x):
        self.x = x
        self.h = np.zeros((x.shape[1] + 1, x.shape[0], self.b.size))
        for t in range(x.shape[1]):
            self.h[t + 1] = np.tanh(x[:, t] @ self.Wx + self.h[t] @ self.Wh + self.b)
        return self.h[-1]

    def backward(self, dh):
        self.dWx = np.zeros_like(self.Wx)
        self.dWh = np.zeros_like(self.Wh)
        self.db = np.zeros_like(self.b)
        dx = np.zeros_like(self.x)
        for t in reversed(range(self.x.shape[1])):
            dz = dh * (1 - self.h[t + 1] ** 2)
            self.dWx += self.x[:, t].T @ dz
            self.dWh += self.h[t].T @ dz
            self.db += dz.sum(axis=0)
            dx[:, t] = dz @ self.Wx.T
            dh = dz @ self.Wh.T
        return dx


class Embedding:
    """Integer ids in, rows of the table out; ids have no gradient, so backward returns none."""

    def __init__(self, vocab_size, embedding_dim):
        self.W = np.random.randn(vocab_size, embedding_dim)
        self.dW = np.zeros_like(self.W)

    def forward(self, ids):
        self.ids = ids
        return self.W[ids]

    def backward(self, dout):
        self.dW[...] = 0
        np.add.at(self.dW, self.ids, dout)


class InverseOfGram:
    def forward(self, x):
        self.x = x
        self.inverse = np.linalg.inv(np.eye(x.shape[1]) + x.T @ x)
        return self.inverse

    def backward(self, dout):
        dm = -self.inverse.T @ dout @ self.inverse.T
        return self.x @ (dm + dm.T)


class SolveLayer:
    """y = x (I + A A^T)^-1."""

    def __init__(self, hidden_size):
        self.A = np.random.randn(hidden_size, hidden_size) * 0.5

    def forward(self, x):
        self.inverse = np.linalg.inv(np.eye(len(self.A)) + self.A @ self.A.T)
        self.y = x @ self.inverse
        return self.y

    def backward(self, dout):
        dx = dout @ self.inverse
        dm = -self.y.T @ dx
        self.dA = (dm + dm.T) @ self.A
        return dx


class Conv2d:
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=2, padding=1):
        self.W = np.random.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.3
        self.b = np.zeros(out_channels)
        self.stride = stride
        self.padding = padding

    def windows(self, height, width):
        k = self.W.shape[2]
        for i, top in enumerate(range(0, height - k + 1, self.stride)):
            for j, left in enumerate(range(0, width - k + 1, self.stride)):
                yield i, j, slice(top, top + k), slice(left, left + k)

    def forward(self, x):
        p, k, s = self.padding, self.W.shape[2], self.stride
        self.padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        height, width = self.padded.shape[2:]
        out = np.zeros((len(x), len(self.W), (height - k) // s + 1, (width - k) // s + 1))
        for i, j, rows, columns in self.windows(height, width):
            patch = self.padded[:, :, rows, columns]
            out[:, :, i, j] = np.tensordot(patch, self.W, axes=([1, 2, 3], [1, 2, 3])) + self.b
        return out

    def backward(self, dout):
        dpadded = np.zeros_like(self.padded)
        self.dW = np.zeros_like(self.W)
        self.db = dout.sum(axis=(0, 2, 3))
        height, width = self.padded.shape[2:]
        for i, j, rows, columns in self.windows(height, width):
            g = dout[:, :, i, j]
            self.dW += np.tensordot(g, self.padded[:, :, rows, columns], axes=([0], [0]))
            dpadded[:, :, rows, columns] += np.tensordot(g, self.W, axes=([1], [0]))
        p = self.padding
        return dpadded[:, :, p : height - p, p : width - p]


class MaxPool2d:
    """Windows of 3 by 3 in steps of 2."""

    def forward(self, x):
        self.x = x
        n, c, height, width = x.shape
        out = np.zeros((n, c, (height - 3) // 2 + 1, (width - 3) // 2 + 1))
        self.winner = np.zeros(out.shape, dtype=int)
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                patch = x[:, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3].reshape(n, c, 9)
                self.winner[:, :, i, j] = patch.argmax(axis=2)
                out[:, :, i, j] = patch.max(axis=2)
        return out

    def backward(self, dout):
        dx = np.zeros(self.x.shape)
        n, c = np.indices(dout.shape[:2])
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                row, column = np.divmod(self.winner[:, :, i, j], 3)
                dx[n, c, 2 * i + row, 2 * j + column] += dout[:, :, i, j]
        return dx


class UpSampling2d:
    def forward(self, x):
        self.shape = x.shape
        return x.repeat(2, axis=2).repeat(2, axis=3)

    def backward(self, dout):
        n, c, height, width = self.shape
        return dout.reshape(n, c, height, 2, width, 2).sum(axis=(3, 5))


class Affine:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.4
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y**2)


class MLP:
    def __init__(self, input_size, hidden_size, output_size):
        self.layers = [Affine(input_size, hidden_size), Tanh(), Affine(hidden_size, output_size)]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


class ResidualMLP:
    def __init__(self, hidden_size):
        self.fc1 = Affine(hidden_size, hidden_size)
        self.act = Tanh()
        self.fc2 = Affine(hidden_size, hidden_size)

    def forward(self, x):
        return x + self.fc2.forward(self.act.forward(self.fc1.forward(x)))

    def backward(self, dout):
        return dout + self.fc1.backward(self.act.backward(self.fc2.backward(dout)))


class Stack:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
