"""Right modules of a tape that look as if they lost a gradient."""

import numpy as np

LEDGER = {
    "Linear": {"module": ["x", "W", "b"], "trap": "a bias that is broadcast"},
    "Dropout": {"module": ["x"], "trap": "draws a mask in every forward"},
    "Tied": {"module": ["x", "W"], "trap": "one weight used twice"},
    "Shifted": {"module": ["x"], "trap": "a maximum taken as a number, whose gradient cancels"},
    "Counting": {"module": ["x", "W"], "trap": "a running mean beside the parameters, which trains nothing"},
    "Masked": {"module": ["x"], "trap": "a mask computed from the input, constant almost everywhere"},
    "TwoOutputs": {"module": ["x", "W"], "trap": "answers with two tensors"},
}


def summed(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1 != g.shape[i]), keepdims=True)


class Tensor:
    def __init__(self, data, requires_grad=False, edges=()):
        self.data = np.asarray(data, dtype=float)
        self.requires_grad = requires_grad or bool(edges)
        self.edges = edges
        self.grad = None

    @property
    def shape(self):
        return self.data.shape

    def like(self, other):
        return other if isinstance(other, Tensor) else Tensor(other)

    def __add__(self, other):
        other = self.like(other)
        edges = ((self, lambda g: summed(g, self.shape)), (other, lambda g: summed(g, other.shape)))
        return Tensor(self.data + other.data, edges=edges)

    def __mul__(self, other):
        other = self.like(other)
        edges = (
            (self, lambda g: summed(g * other.data, self.shape)),
            (other, lambda g: summed(g * self.data, other.shape)),
        )
        return Tensor(self.data * other.data, edges=edges)

    def __sub__(self, other):
        return self + self.like(other) * -1.0

    def __truediv__(self, other):
        return self * self.like(other).power(-1)

    def power(self, n):
        return Tensor(self.data**n, edges=((self, lambda g: g * n * self.data ** (n - 1)),))

    def __matmul__(self, other):
        if min(self.data.ndim, other.data.ndim) < 2:
            raise ValueError("matrices are wanted")
        edges = (
            (self, lambda g: summed(g @ np.swapaxes(other.data, -1, -2), self.shape)),
            (other, lambda g: summed(np.swapaxes(self.data, -1, -2) @ g, other.shape)),
        )
        return Tensor(self.data @ other.data, edges=edges)

    def transpose(self):
        return Tensor(self.data.T, edges=((self, lambda g: g.T),))

    def exp(self):
        e = np.exp(self.data)
        return Tensor(e, edges=((self, lambda g: g * e),))

    def sum(self, axis=None, keepdims=False):
        def back(g):
            return np.broadcast_to(g if axis is None or keepdims else np.expand_dims(g, axis), self.shape)

        return Tensor(self.data.sum(axis=axis, keepdims=keepdims), edges=((self, back),))

    def backward(self, gradient=None):
        gradient = np.ones(self.shape) if gradient is None else np.asarray(gradient)
        if not self.edges:
            self.grad = gradient if self.grad is None else self.grad + gradient
        for operand, back in self.edges:
            operand.backward(back(gradient))


class Linear:
    def __init__(self, in_features, out_features):
        self.W = Tensor(np.random.default_rng(0).standard_normal((in_features, out_features)), requires_grad=True)
        self.b = Tensor(np.zeros(out_features), requires_grad=True)

    def forward(self, x):
        return x @ self.W + self.b


class Dropout:
    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x):
        return x * ((np.random.default_rng().random(x.shape) > self.p) / (1 - self.p))


class Tied:
    def __init__(self, in_features, out_features):
        self.W = Tensor(np.random.default_rng(0).standard_normal((in_features, out_features)), requires_grad=True)

    def forward(self, x):
        return (x @ self.W) @ self.W.transpose()


class Shifted:
    def forward(self, x):
        e = (x - Tensor(x.data.max(axis=1, keepdims=True))).exp()
        return e / e.sum(axis=1, keepdims=True)


class Counting:
    def __init__(self, in_features, out_features):
        self.W = Tensor(np.random.default_rng(0).standard_normal((in_features, out_features)), requires_grad=True)
        self.mean = Tensor(np.zeros(out_features))

    def forward(self, x):
        y = x @ self.W
        self.mean.data = 0.9 * self.mean.data + 0.1 * y.data.mean(axis=0)
        return y


class Masked:
    def forward(self, x):
        return x * (x.data > x.data.mean())


class TwoOutputs:
    def __init__(self, in_features, out_features):
        self.W = Tensor(np.random.default_rng(0).standard_normal((in_features, out_features)), requires_grad=True)

    def forward(self, x):
        h = x @ self.W
        return h, h * h
