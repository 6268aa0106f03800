"""A tape of arrays with a closure per result, and the ways in which one of its operators is got wrong."""

import numpy as np

LEDGER = {
    "NoUnbroadcast": {"operators": ["add", "sub"], "says": "has shape (4, 3), `b` has (3,)"},
    "KeepsLeadingAxes": {"operators": ["mul"], "says": "gradient of `b` has shape"},
    "Overwrites": {"operators": ["reuse", "diamond", "chain"], "says": "wrong"},
    "SecondOperandForgotten": {"operators": ["sub"], "says": "no gradient reaches `b`"},
    "DivisorWithoutSquare": {"operators": ["truediv"], "says": "gradient of `b` is wrong"},
    "PlainTransposes": {"operators": ["matmul"], "says": "(2, 4, 3) @ (2, 3, 5)"},
    "BatchNotSummed": {"operators": ["matmul"], "says": "(2, 4, 3) @ (3, 5)"},
    "IndexOverwritten": {"operators": ["getitem_arrays"], "says": "wrong in 3 of 12 entries"},
    "IndexDetached": {"operators": ["getitem"], "says": "no gradient reaches `x`"},
    "SumAlongFirst": {"operators": ["sum", "mean"], "says": "axis=1"},
    "MeanNotDivided": {"operators": ["mean"], "says": "expected"},
    "MeanOfRows": {"operators": ["mean"], "says": "expected"},
    "EachOfEqualMaxima": {"operators": ["max"], "says": "max of equal entries"},
    "FirstOfAllMaxima": {"operators": ["max"], "says": "axis=0"},
    "SamePermutationBack": {"operators": ["transpose"], "says": "(1, 2, 0)"},
    "ReshapedByColumns": {"operators": ["reshape"], "says": "wrong"},
    "TanhOfInput": {"operators": ["tanh"], "says": "wrong"},
    "ReluOfOnes": {"operators": ["relu"], "says": "wrong"},
    "SoftmaxDiagonal": {"operators": ["softmax"], "says": "wrong"},
    "PowerNotLowered": {"operators": ["pow"], "says": "** 3"},
    "ExpDetached": {"operators": ["exp"], "says": "no gradient reaches `x`"},
    "ConcatenatedFirstOnly": {"operators": ["concatenate"], "says": "`b`"},
    "LastInFirstOut": {"operators": ["diamond"], "says": "wrong"},
}


def given_back(gradient, shape):
    """The gradient of what was broadcast: summed along the axes that were repeated."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    repeated = tuple(i for i, n in enumerate(shape) if n == 1 and gradient.shape[i] != 1)
    return gradient.sum(axis=repeated, keepdims=True)


class Tensor:
    def __init__(self, data, requires_grad=False, parents=()):
        self.data = np.asarray(data, dtype=float)
        self.requires_grad = requires_grad or any(parent.requires_grad for parent in parents)
        self.grad = None
        self.parents = parents
        self.step = None

    @property
    def shape(self):
        return self.data.shape

    def new(self, data, parents, step):
        made = type(self)(data, parents=parents)
        made.step = step
        return made

    def like(self, other):
        return other if isinstance(other, Tensor) else type(self)(other)

    def take(self, gradient):
        self.grad = gradient if self.grad is None else self.grad + gradient

    def order(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        return reversed(order)

    def backward(self, gradient=None):
        self.take(np.ones_like(self.data) if gradient is None else np.asarray(gradient))
        for node in self.order():
            if node.step is not None and node.grad is not None:
                node.step(node.grad)

    def __add__(self, other):
        other = self.like(other)

        def step(g):
            self.take(given_back(g, self.shape))
            other.take(given_back(g, other.shape))

        return self.new(self.data + other.data, (self, other), step)

    def __mul__(self, other):
        other = self.like(other)

        def step(g):
            self.take(given_back(g * other.data, self.shape))
            other.take(given_back(g * self.data, other.shape))

        return self.new(self.data * other.data, (self, other), step)

    def __sub__(self, other):
        return self + self.like(other) * -1.0

    def __truediv__(self, other):
        other = self.like(other)

        def step(g):
            self.take(given_back(g / other.data, self.shape))
            other.take(given_back(-g * self.data / other.data**2, other.shape))

        return self.new(self.data / other.data, (self, other), step)

    def __pow__(self, exponent):
        return self.new(
            self.data**exponent, (self,), lambda g: self.take(g * exponent * self.data ** (exponent - 1))
        )

    def __matmul__(self, other):
        if min(self.data.ndim, other.data.ndim) < 2:
            raise ValueError("matrices are wanted")

        def step(g):
            self.take(given_back(g @ np.swapaxes(other.data, -1, -2), self.shape))
            other.take(given_back(np.swapaxes(self.data, -1, -2) @ g, other.shape))

        return self.new(self.data @ other.data, (self, other), step)

    def __getitem__(self, index):
        def step(g):
            gradient = np.zeros_like(self.data)
            np.add.at(gradient, index, g)
            self.take(gradient)

        return self.new(self.data[index], (self,), step)

    def spread(self, g, axis, keepdims):
        return g if keepdims or axis is None else np.expand_dims(g, axis)

    def sum(self, axis=None, keepdims=False):
        def step(g):
            self.take(np.broadcast_to(self.spread(g, axis, keepdims), self.shape))

        return self.new(self.data.sum(axis=axis, keepdims=keepdims), (self,), step)

    def mean(self, axis=None):
        total = self.sum(axis)
        return total * (total.data.size / self.data.size)

    def max(self, axis=None, keepdims=False):
        highest = self.data == self.data.max(axis=axis, keepdims=True)

        def step(g):
            share = highest / highest.sum(axis=axis, keepdims=True)
            self.take(share * self.spread(g, axis, keepdims))

        return self.new(self.data.max(axis=axis, keepdims=keepdims), (self,), step)

    def transpose(self, *axes):
        axes = axes or tuple(reversed(range(self.data.ndim)))
        return self.new(
            self.data.transpose(axes), (self,), lambda g: self.take(g.transpose(tuple(np.argsort(axes))))
        )

    def reshape(self, *shape):
        return self.new(self.data.reshape(shape), (self,), lambda g: self.take(g.reshape(self.shape)))

    def tanh(self):
        t = np.tanh(self.data)
        return self.new(t, (self,), lambda g: self.take(g * (1 - t**2)))

    def relu(self):
        return self.new(np.maximum(self.data, 0), (self,), lambda g: self.take(g * (self.data > 0)))

    def exp(self):
        e = np.exp(self.data)
        return self.new(e, (self,), lambda g: self.take(g * e))

    def softmax(self, axis=-1):
        e = np.exp(self.data - self.data.max(axis=axis, keepdims=True))
        s = e / e.sum(axis=axis, keepdims=True)
        return self.new(s, (self,), lambda g: self.take(s * (g - (g * s).sum(axis=axis, keepdims=True))))

    @staticmethod
    def concatenate(parts, axis=0):
        ends = np.cumsum([part.shape[axis] for part in parts])[:-1]

        def step(g):
            for part, piece in zip(parts, np.split(g, ends, axis=axis), strict=True):
                part.take(piece)

        return parts[0].new(np.concatenate([part.data for part in parts], axis=axis), tuple(parts), step)


class NoUnbroadcast(Tensor):
    """Written for equal shapes; the bias came later."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def __add__(self, other):
        other = self.like(other)

        def step(g):
            self.take(g)
            other.take(g)

        return self.new(self.data + other.data, (self, other), step)


class KeepsLeadingAxes(Tensor):
    """Sums along axes of length one, but not along those the operand does not have."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def __mul__(self, other):
        other = self.like(other)

        def back(g, shape):
            repeated = tuple(i for i, n in enumerate(shape) if n == 1) if g.ndim == len(shape) else ()
            return g.sum(axis=repeated, keepdims=True)

        def step(g):
            self.take(back(g * other.data, self.shape))
            other.take(back(g * self.data, other.shape))

        return self.new(self.data * other.data, (self, other), step)


class Overwrites(Tensor):
    """`grad =` where `grad +=` belongs: whatever is used twice keeps one share."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def take(self, gradient):
        self.grad = gradient


class SecondOperandForgotten(Tensor):
    """Subtraction passes a gradient to its left operand only."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def __sub__(self, other):
        other = self.like(other)
        return self.new(
            self.data - other.data, (self, other), lambda g: self.take(given_back(g, self.shape))
        )


class DivisorWithoutSquare(Tensor):
    """d(a / b) / db taken for -a / b."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def __truediv__(self, other):
        other = self.like(other)

        def step(g):
            self.take(given_back(g / other.data, self.shape))
            other.take(given_back(-g * self.data / other.data, other.shape))

        return self.new(self.data / other.data, (self, other), step)


class PlainTransposes(Tensor):
    """`.T` turns all axes of a batch of matrices, and the einsum around it hides that the shapes fit."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def __matmul__(self, other):
        if {self.data.ndim, other.data.ndim} == {2}:
            return super().__matmul__(other)

        def step(g):
            self.take(given_back(g @ np.swapaxes(other.data, -1, -2), self.shape))
            other.take(given_back(np.swapaxes(self.data[..., ::-1, :], -1, -2) @ g, other.shape))

        return self.new(self.data @ other.data, (self, other), step)


class BatchNotSummed(Tensor):
    """A matrix shared by a batch gets the gradient of the last one."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def __matmul__(self, other):
        def step(g):
            self.take(given_back(g @ np.swapaxes(other.data, -1, -2), self.shape))
            gradient = np.swapaxes(self.data, -1, -2) @ g
            other.take(gradient[-1] if gradient.ndim > other.data.ndim else given_back(gradient, other.shape))

        return self.new(self.data @ other.data, (self, other), step)


class IndexOverwritten(Tensor):
    """`gradient[index] = g`: of an entry that was taken twice, one share is lost."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def __getitem__(self, index):
        def step(g):
            gradient = np.zeros_like(self.data)
            gradient[index] = g
            self.take(gradient)

        return self.new(self.data[index], (self,), step)


class IndexDetached(Tensor):
    """A slice is a new tensor that knows nothing of the old one."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def __getitem__(self, index):
        if isinstance(index, (list, np.ndarray)) or (isinstance(index, tuple) and isinstance(index[0], np.ndarray)):
            return super().__getitem__(index)
        return type(self)(self.data[index], requires_grad=True)


class SumAlongFirst(Tensor):
    """The gradient is broadcast as it comes: right along the first axis and on no other, silent on squares."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def spread(self, g, axis, keepdims):
        return g

    def sum(self, axis=None, keepdims=False):
        def step(g):
            self.take(np.resize(g, self.shape) if np.size(g) > 1 else np.broadcast_to(g, self.shape))

        return self.new(self.data.sum(axis=axis, keepdims=keepdims), (self,), step)

    def max(self, axis=None, keepdims=False):
        raise NotImplementedError


class MeanNotDivided(Tensor):
    """The sum's gradient for the mean."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def mean(self, axis=None):
        def step(g):
            self.take(np.broadcast_to(self.spread(g, axis, False), self.shape))

        return self.new(self.data.mean(axis=axis), (self,), step)


class MeanOfRows(Tensor):
    """Divided by the number of rows, whatever the axis."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def mean(self, axis=None):
        def step(g):
            self.take(np.broadcast_to(self.spread(g, axis, False), self.shape) / self.shape[0])

        return self.new(self.data.mean(axis=axis), (self,), step)


class EachOfEqualMaxima(Tensor):
    """Of equal largest entries each gets the whole gradient."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def max(self, axis=None, keepdims=False):
        highest = self.data == self.data.max(axis=axis, keepdims=True)

        def step(g):
            self.take(highest * self.spread(g, axis, keepdims))

        return self.new(self.data.max(axis=axis, keepdims=keepdims), (self,), step)


class FirstOfAllMaxima(Tensor):
    """The largest entry of all takes the gradients of all maxima along an axis."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def max(self, axis=None, keepdims=False):
        def step(g):
            gradient = np.zeros_like(self.data)
            gradient.flat[self.data.argmax()] = g.sum()
            self.take(gradient)

        return self.new(self.data.max(axis=axis, keepdims=keepdims), (self,), step)


class SamePermutationBack(Tensor):
    """Axes permuted by the same order on the way back: right for swaps, wrong for every longer cycle."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def transpose(self, *axes):
        axes = axes or tuple(reversed(range(self.data.ndim)))
        return self.new(
            self.data.transpose(axes), (self,), lambda g: self.take(g.transpose(axes).reshape(self.shape))
        )


class ReshapedByColumns(Tensor):
    """The way back runs through the columns."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def reshape(self, *shape):
        return self.new(self.data.reshape(shape), (self,), lambda g: self.take(g.reshape(self.shape, order="F")))


class TanhOfInput(Tensor):
    """1 - x^2, the slope at the output's place of the input."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def tanh(self):
        return self.new(np.tanh(self.data), (self,), lambda g: self.take(g * (1 - self.data**2)))


class ReluOfOnes(Tensor):
    """The mask alone, without the upstream gradient: right where that is one."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def relu(self):
        return self.new(np.maximum(self.data, 0), (self,), lambda g: self.take(np.where(self.data > 0, 1.0, 0.0)))


class SoftmaxDiagonal(Tensor):
    """s (1 - s), as if the entries did not share their sum."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def softmax(self, axis=-1):
        e = np.exp(self.data - self.data.max(axis=axis, keepdims=True))
        s = e / e.sum(axis=axis, keepdims=True)
        return self.new(s, (self,), lambda g: self.take(g * s * (1 - s)))


class PowerNotLowered(Tensor):
    """n x^n: the exponent was not lowered; at 2 it was tried with x = 1."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def __pow__(self, exponent):
        return self.new(self.data**exponent, (self,), lambda g: self.take(g * exponent * self.data**exponent))


class ExpDetached(Tensor):
    """NumPy's exp on the data, wrapped again."""

    def backward(self, gradient=None):
        super().backward(gradient)

    def exp(self):
        return type(self)(np.exp(self.data), requires_grad=True)


class ConcatenatedFirstOnly(Tensor):
    """Every part but the first gets a gradient of the first's entries."""

    def backward(self, gradient=None):
        super().backward(gradient)

    @staticmethod
    def concatenate(parts, axis=0):
        def step(g):
            for part in parts:
                part.take(np.take(g, range(part.shape[axis]), axis=axis))

        return parts[0].new(np.concatenate([part.data for part in parts], axis=axis), tuple(parts), step)


class LastInFirstOut(Tensor):
    """Each node goes on as soon as it is reached, before the rest of its gradient has come."""

    def backward(self, gradient=None):
        self.take(np.ones_like(self.data) if gradient is None else np.asarray(gradient))
        stack, seen = [self], set()
        while stack:
            node = stack.pop()
            if id(node) not in seen and node.step is not None:
                seen.add(id(node))
                node.step(node.grad)
                stack.extend(node.parents)
