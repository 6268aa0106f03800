"""Right tapes of arrays in the styles people write them in."""

import numpy as np

LEDGER = {
    "Wengert.Tensor": {"operators": ["add", "mul", "matmul"], "trap": "one global list, emptied by backward"},
    "Factory.Tensor": {"operators": ["add", "sum"], "trap": "made by a function, data() a method, grad another tensor"},
    "Narrow.Tensor": {"operators": ["mul", "exp", "sum"], "trap": "float32 within and without"},
    "Explicit.Tensor": {"operators": ["add", "mul", "broadcast_to"], "trap": "nothing is broadcast by itself"},
    "Nested.Tensor": {"operators": ["add", "mul", "sum"], "trap": "nested lists, gradients too"},
    "Lazy.Node": {"operators": ["add", "mul"], "trap": "values are computed when they are asked for"},
    "Applied.Variable": {"operators": ["mul", "tanh", "reuse"], "trap": "operators are classes with forward and backward"},
    "Replaced.Tensor": {"operators": ["add", "mul", "diamond"], "trap": "a gradient replaces the last one's"},
    "OnlyNumbers.Tensor": {"operators": ["add", "mul", "sum"], "trap": "backward starts from one number only"},
    "OtherTies.Tensor": {"operators": ["max", "add"], "trap": "the first of equal maxima takes the gradient"},
    "Unbiased.Tensor": {"operators": ["var", "mean"], "trap": "var divides by N - 1, as torch's does"},
}


def summed(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1 != g.shape[i]), keepdims=True)


class Wengert:
    TAPE = []

    class Tensor:
        def __init__(self, data, requires_grad=False):
            self.data = np.asarray(data, dtype=np.float64)
            self.requires_grad = requires_grad
            self.grad = np.zeros_like(self.data)

        def record(self, value, back):
            out = Wengert.Tensor(value, requires_grad=True)
            Wengert.TAPE.append((out, back))
            return out

        def __add__(self, other):
            other = other if isinstance(other, Wengert.Tensor) else Wengert.Tensor(other)

            def back(g):
                self.grad += summed(g, self.data.shape)
                other.grad += summed(g, other.data.shape)

            return self.record(self.data + other.data, back)

        def __mul__(self, other):
            other = other if isinstance(other, Wengert.Tensor) else Wengert.Tensor(other)

            def back(g):
                self.grad += summed(g * other.data, self.data.shape)
                other.grad += summed(g * self.data, other.data.shape)

            return self.record(self.data * other.data, back)

        def __matmul__(self, other):
            def back(g):
                self.grad += summed(g @ np.swapaxes(other.data, -1, -2), self.data.shape)
                other.grad += summed(np.swapaxes(self.data, -1, -2) @ g, other.data.shape)

            return self.record(np.matmul(self.data, other.data), back)

        def sum(self):
            return self.record(self.data.sum(), lambda g: np.add(self.grad, g, out=self.grad))

        def backward(self):
            if self.data.size != 1:
                raise RuntimeError("backward starts from one number")
            self.grad = np.ones_like(self.data)
            while Wengert.TAPE:
                out, back = Wengert.TAPE.pop()
                back(out.grad)


class Factory:
    class Tensor:
        __slots__ = ("_array", "_edges", "_grad", "_wants")

        def __init__(self, array, wants, edges=()):
            self._array, self._wants, self._edges, self._grad = array, wants, edges, None

        @property
        def shape(self):
            return self._array.shape

        @property
        def grad(self):
            return None if self._grad is None else Factory.Tensor(self._grad, wants=False)

        def numpy(self):
            return self._array

        def of(self, other):
            return other if isinstance(other, Factory.Tensor) else tensor(other)

        def __add__(self, other):
            other = self.of(other)
            edges = ((self, lambda g: summed(g, self.shape)), (other, lambda g: summed(g, other.shape)))
            return Factory.Tensor(self._array + other.numpy(), wants=True, edges=edges)

        def __mul__(self, other):
            other = self.of(other)
            edges = (
                (self, lambda g: summed(g * other.numpy(), self.shape)),
                (other, lambda g: summed(g * self._array, other.shape)),
            )
            return Factory.Tensor(self._array * other.numpy(), wants=True, edges=edges)

        def sum(self, dim=None, keepdim=False):
            def back(g):
                g = g if keepdim or dim is None else np.expand_dims(g, dim)
                return np.broadcast_to(g, self.shape)

            return Factory.Tensor(np.asarray(self._array.sum(axis=dim, keepdims=keepdim)), wants=True, edges=((self, back),))

        def backward(self, gradient):
            g = gradient.numpy()
            self._grad = g if self._grad is None else self._grad + g
            for operand, back in self._edges:
                operand.backward(Factory.Tensor(back(g), wants=False))


def tensor(values, requires_grad=False):
    return Factory.Tensor(np.array(values, dtype=float), requires_grad)


class Narrow:
    class Tensor:
        def __init__(self, data, requires_grad=True, parents=(), step=None):
            self.data = np.asarray(data, dtype=np.float32)
            self.grad = None
            self.parents, self.step = parents, step

        def take(self, g):
            g = np.asarray(g, dtype=np.float32)
            self.grad = g if self.grad is None else self.grad + g

        def like(self, other):
            return other if isinstance(other, Narrow.Tensor) else Narrow.Tensor(other)

        def __mul__(self, other):
            other = self.like(other)

            def step(g):
                self.take(summed(g * other.data, self.data.shape))
                other.take(summed(g * self.data, other.data.shape))

            return Narrow.Tensor(self.data * other.data, parents=(self, other), step=step)

        def exp(self):
            e = np.exp(self.data)
            return Narrow.Tensor(e, parents=(self,), step=lambda g: self.take(g * e))

        def sum(self, axis=None):
            def step(g):
                self.take(np.broadcast_to(g if axis is None else np.expand_dims(g, axis), self.data.shape))

            return Narrow.Tensor(self.data.sum(axis=axis), parents=(self,), step=step)

        def backward(self, gradient=None):
            order, seen = [], set()

            def visit(node):
                if id(node) not in seen:
                    seen.add(id(node))
                    [visit(parent) for parent in node.parents]
                    order.append(node)

            visit(self)
            self.take(np.ones_like(self.data) if gradient is None else gradient)
            for node in reversed(order):
                if node.step:
                    node.step(node.grad)


class Explicit:
    class Tensor(Narrow.Tensor):
        """Operands of elementwise operators have one shape: what is smaller is repeated by broadcast_to first."""

        def __init__(self, data, requires_grad=True, parents=(), step=None):
            super().__init__(data)
            self.data = np.asarray(data, dtype=float)
            self.parents, self.step = parents, step

        def take(self, g):
            self.grad = g if self.grad is None else self.grad + g

        def like(self, other):
            return other if isinstance(other, Explicit.Tensor) else Explicit.Tensor(np.full(self.data.shape, other))

        def __add__(self, other):
            other = self.like(other)

            def step(g):
                self.take(g)
                other.take(g)

            return Explicit.Tensor(self.data + other.data, parents=(self, other), step=step)

        def __mul__(self, other):
            other = self.like(other)

            def step(g):
                self.take(g * other.data)
                other.take(g * self.data)

            return Explicit.Tensor(self.data * other.data, parents=(self, other), step=step)

        def exp(self):
            e = np.exp(self.data)
            return Explicit.Tensor(e, parents=(self,), step=lambda g: self.take(g * e))

        def sum(self, axis=None):
            def step(g):
                self.take(np.broadcast_to(g if axis is None else np.expand_dims(g, axis), self.data.shape))

            return Explicit.Tensor(self.data.sum(axis=axis), parents=(self,), step=step)

        def broadcast_to(self, shape):
            value = np.broadcast_to(self.data, shape)
            return Explicit.Tensor(value, parents=(self,), step=lambda g: self.take(summed(g, self.data.shape)))

        def backward(self, gradient=None):
            super().backward(gradient)


class Nested:
    class Tensor:
        def __init__(self, data, children=()):
            self.data, self.children = data, children
            self.grad = Nested.each(data, lambda _: 0)
            self.step = lambda: None

        def with_step(self, out, *pairs):
            def step():
                for operand, slopes in pairs:
                    shares = Nested.each2(out.grad, slopes, lambda g, s: g * s)
                    operand.grad = Nested.each2(operand.grad, shares, lambda a, b: a + b)

            out.step = step
            return out

        def __add__(self, other):
            if not isinstance(other, Nested.Tensor):
                other = Nested.Tensor(Nested.each(self.data, lambda _: other))
            out = Nested.Tensor(Nested.each2(self.data, other.data, lambda a, b: a + b), (self, other))
            ones = Nested.each(self.data, lambda _: 1)
            return self.with_step(out, (self, ones), (other, ones))

        def __mul__(self, other):
            if not isinstance(other, Nested.Tensor):
                other = Nested.Tensor(Nested.each(self.data, lambda _: other))
            out = Nested.Tensor(Nested.each2(self.data, other.data, lambda a, b: a * b), (self, other))
            return self.with_step(out, (self, other.data), (other, self.data))

        def sum(self):
            out = Nested.Tensor(Nested.total(self.data), (self,))

            def step():
                self.grad = Nested.each(self.grad, lambda g: g + out.grad)

            out.step = step
            return out

        def backward(self):
            order = []

            def visit(node):
                if node not in order:
                    for child in node.children:
                        visit(child)
                    order.append(node)

            visit(self)
            self.grad = Nested.each(self.data, lambda _: 1)
            for node in reversed(order):
                node.step()

    @staticmethod
    def each(data, f):
        return [Nested.each(item, f) for item in data] if isinstance(data, list) else f(data)

    @staticmethod
    def each2(a, b, f):
        if isinstance(a, list) != isinstance(b, list) or (isinstance(a, list) and len(a) != len(b)):
            raise ValueError("shapes differ")
        return [Nested.each2(x, y, f) for x, y in zip(a, b, strict=True)] if isinstance(a, list) else f(a, b)

    @staticmethod
    def total(data):
        return sum(Nested.total(item) for item in data) if isinstance(data, list) else data


class Lazy:
    class Node:
        def __init__(self, value=None, compute=None, pulls=(), needs_grad=False):
            self.cached, self.compute, self.pulls, self.needs_grad = value, compute, pulls, needs_grad
            self.grad = None

        @property
        def value(self):
            if self.cached is None:
                self.cached = self.compute()
            return np.asarray(self.cached)

        @property
        def shape(self):
            return self.value.shape

        def of(self, other):
            return other if isinstance(other, Lazy.Node) else Lazy.Node(np.asarray(other, dtype=float))

        def __add__(self, other):
            other = self.of(other)
            pulls = ((self, lambda g: summed(g, self.shape)), (other, lambda g: summed(g, other.shape)))
            return Lazy.Node(compute=lambda: self.value + other.value, pulls=pulls)

        def __mul__(self, other):
            other = self.of(other)
            pulls = (
                (self, lambda g: summed(g * other.value, self.shape)),
                (other, lambda g: summed(g * self.value, other.shape)),
            )
            return Lazy.Node(compute=lambda: self.value * other.value, pulls=pulls)

        def backward(self, upstream=None):
            upstream = np.ones(self.shape) if upstream is None else upstream
            self.grad = upstream if self.grad is None else self.grad + upstream
            for operand, pull in self.pulls:
                operand.backward(pull(upstream))


class Applied:
    class Variable:
        def __init__(self, data, requires_grad=False, creator=None):
            self.data = np.asarray(data)
            self.requires_grad, self.creator, self.grad = requires_grad, creator, None

        def __mul__(self, other):
            return Applied.Mul()(self, other if isinstance(other, Applied.Variable) else Applied.Variable(np.float64(other)))

        def __add__(self, other):
            return Applied.Add()(self, other if isinstance(other, Applied.Variable) else Applied.Variable(np.float64(other)))

        def tanh(self):
            return Applied.Tanh()(self)

        def sum(self):
            return Applied.Sum()(self)

        def backward(self):
            # Newest first: what was made later is never an operand of what was made before.
            self.grad = np.ones_like(self.data, dtype=float)
            waiting = {} if self.creator is None else {self.creator.number: self.creator}
            while waiting:
                function = waiting.pop(max(waiting))
                for x, g in zip(function.inputs, function.backward(function.output.grad), strict=True):
                    x.grad = g if x.grad is None else x.grad + g
                    if x.creator is not None:
                        waiting[x.creator.number] = x.creator

    class Function:
        made = 0

        def __call__(self, *inputs):
            Applied.Function.made += 1
            self.number, self.inputs = Applied.Function.made, inputs
            self.output = Applied.Variable(self.forward(*(x.data for x in inputs)), creator=self)
            return self.output

    class Mul(Function):
        def forward(self, a, b):
            return a * b

        def backward(self, g):
            a, b = self.inputs
            return summed(g * b.data, a.data.shape), summed(g * a.data, b.data.shape)

    class Add(Function):
        def forward(self, a, b):
            return a + b

        def backward(self, g):
            return tuple(summed(g, x.data.shape) for x in self.inputs)

    class Tanh(Function):
        def forward(self, x):
            return np.tanh(x)

        def backward(self, g):
            return (g * (1 - self.output.data**2),)

    class Sum(Function):
        def forward(self, x):
            return x.sum()

        def backward(self, g):
            return (np.broadcast_to(g, self.inputs[0].data.shape),)


class Replaced:
    class Tensor(Explicit.Tensor):
        """Every backward begins anew: what an earlier one left is forgotten."""

        def backward(self, gradient=None):
            waiting, seen = [self], set()
            while waiting:
                node = waiting.pop()
                if id(node) not in seen:
                    seen.add(id(node))
                    node.grad = None
                    waiting.extend(node.parents)
            super().backward(gradient)


class OnlyNumbers:
    class Tensor(Explicit.Tensor):
        """As in a training: the loss is one number."""

        def backward(self):
            if self.data.size != 1:
                raise ValueError("a scalar is wanted")
            super().backward(np.ones(self.data.shape))


class OtherTies:
    class Tensor(Explicit.Tensor):
        def max(self):
            def step(g):
                gradient = np.zeros(self.data.shape)
                gradient.flat[self.data.argmax()] = g
                self.take(gradient)

            return Explicit.Tensor(self.data.max(), parents=(self,), step=step)

        def backward(self, gradient=None):
            super().backward(gradient)


class Unbiased:
    class Tensor(Explicit.Tensor):
        def mean(self):
            size = self.data.size
            return Explicit.Tensor(
                self.data.mean(), parents=(self,), step=lambda g: self.take(np.full(self.data.shape, g / size))
            )

        def var(self):
            centred = self.data - self.data.mean()
            rest = self.data.size - 1
            return Explicit.Tensor(
                (centred**2).sum() / rest, parents=(self,), step=lambda g: self.take(g * 2 * centred / rest)
            )

        def backward(self, gradient=None):
            super().backward(gradient)
