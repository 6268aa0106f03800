"""Modules that lose or spoil a gradient, on a right tape of values with edges."""

import numpy as np

LEDGER = {
    "ProductOfValues": {"module": ["x", "W"], "says": "the graph is cut at"},
    "BiasRewrapped": {"module": ["b"], "says": "the graph is cut at"},
    "ScaleFromNumber": {"module": ["x"], "says": "wrong"},
    "StatisticsRewrapped": {"module": ["x"], "says": "wrong"},
    "EdgeWithoutFactor": {"module": ["x"], "says": "actual = 1/2 * expected"},
    "RowsOverwritten": {"module": ["table"], "says": "wrong"},
    "LossOfEachRow": {"module": ["prediction"], "says": "mean belongs"},
    "StepForSlope": {"module": ["x"], "says": "wrong"},
}


def fitted(gradient, shape):
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    return gradient.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1 != gradient.shape[i]), keepdims=True)


class Variable:
    def __init__(self, value, needs_grad=True, edges=()):
        self.value = np.asarray(value, dtype=float)
        self.needs_grad = needs_grad
        self.edges = edges
        self.gradient = None

    @property
    def shape(self):
        return self.value.shape

    def wrap(self, other):
        return other if isinstance(other, Variable) else Variable(other, needs_grad=False)

    def __add__(self, other):
        other = self.wrap(other)
        edges = [(self, lambda g: fitted(g, self.shape)), (other, lambda g: fitted(g, other.shape))]
        return Variable(self.value + other.value, edges=edges)

    def __mul__(self, other):
        other = self.wrap(other)
        edges = [
            (self, lambda g: fitted(g * other.value, self.shape)),
            (other, lambda g: fitted(g * self.value, other.shape)),
        ]
        return Variable(self.value * other.value, edges=edges)

    def __sub__(self, other):
        return self + self.wrap(other) * -1.0

    def __matmul__(self, other):
        if {self.value.ndim, other.value.ndim} != {2}:
            raise ValueError("matrices are wanted")
        edges = [(self, lambda g: g @ other.value.T), (other, lambda g: self.value.T @ g)]
        return Variable(self.value @ other.value, edges=edges)

    def tanh(self):
        t = np.tanh(self.value)
        return Variable(t, edges=[(self, lambda g: g * (1 - t * t))])

    def sum(self):
        return Variable(self.value.sum(), edges=[(self, lambda g: np.broadcast_to(g, self.shape))])

    def backward(self, gradient=None):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for operand, _ in node.edges:
                    visit(operand)
                order.append(node)

        visit(self)
        arriving = {id(self): np.ones(self.shape) if gradient is None else np.asarray(gradient)}
        for node in reversed(order):
            g = arriving.pop(id(node), None)
            if g is None:
                continue
            if not node.edges and node.needs_grad:
                node.gradient = g if node.gradient is None else node.gradient + g
            for operand, back in node.edges:
                share = back(g)
                arriving[id(operand)] = arriving[id(operand)] + share if id(operand) in arriving else share


class ProductOfValues:
    """The product is NumPy's, of the values; only what comes after it is on the tape."""

    def __init__(self, in_features, out_features):
        self.W = Variable(np.random.default_rng(0).standard_normal((in_features, out_features)))
        self.b = Variable(np.zeros(out_features))

    def forward(self, x):
        h = Variable(x.value @ self.W.value)
        return (h + self.b).tanh()


class BiasRewrapped:
    """A bias wrapped anew in every forward learns nothing."""

    def __init__(self, in_features, out_features):
        self.W = Variable(np.random.default_rng(0).standard_normal((in_features, out_features)))
        self.b = Variable(np.zeros(out_features))

    def forward(self, x):
        return x @ self.W + Variable(self.b.value)


class ScaleFromNumber:
    """A scale computed from the input as a plain number: one of its two ways is off the tape."""

    def forward(self, x):
        return x * float(np.sqrt((x.value**2).mean()))


class StatisticsRewrapped:
    """A mean taken for a constant."""

    def forward(self, x):
        mean = Variable(x.value.mean(axis=1, keepdims=True))
        centred = x - mean
        return centred * centred


class EdgeWithoutFactor:
    """An operator made by hand: the factor of its forward is not in its edge."""

    def forward(self, x):
        return Variable(2.0 * x.value, edges=[(x, lambda g: g)])


class RowsOverwritten:
    """Rows that were looked up twice keep one share."""

    def __init__(self, num_embeddings, embedding_dim):
        self.table = Variable(np.random.default_rng(0).standard_normal((num_embeddings, embedding_dim)))

    def forward(self, indices):
        def back(g):
            gradient = np.zeros(self.table.shape)
            gradient[indices] = g
            return gradient

        return Variable(self.table.value[indices], edges=[(self.table, back)])


class LossOfEachRow:
    """Forward is a mean over the rows, the edge is that of their sum."""

    def forward(self, prediction, target):
        difference = prediction.value - target
        value = (difference**2).sum() / len(difference)
        return Variable(value, edges=[(prediction, lambda g: g * 2 * difference)])


class StepForSlope:
    """The leaky unit's slope on the left is left out of its edge."""

    def forward(self, x):
        value = np.where(x.value > 0, x.value, 0.1 * x.value)
        return Variable(value, edges=[(x, lambda g: g * (x.value > 0))])
