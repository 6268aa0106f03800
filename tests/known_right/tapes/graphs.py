"""A right tape whose gradients are tensors that its own operators make, in float32."""

import numpy as np

LEDGER = {
    "Tensor": {"operators": ["add", "mul", "sum"], "trap": "an upstream array of one entry passes until it is summed"},
    "Scale": {"module": ["x", "W"], "trap": "a float32 gradient of an input that was handed over as float64"},
}


class Operator:
    def __call__(self, *inputs):
        assert len({one.shape for one in inputs}) == 1, "nothing is broadcast by itself"
        return Tensor(self.compute(*(one.numbers for one in inputs)), made_by=self, inputs=inputs)


class Add(Operator):
    def compute(self, a, b):
        return a + b

    def gradient(self, upstream, node):
        return upstream, upstream


class Multiply(Operator):
    def compute(self, a, b):
        return a * b

    def gradient(self, upstream, node):
        a, b = node.inputs
        return upstream * b, upstream * a


class Fill(Operator):
    def __init__(self, shape):
        self.shape = shape

    def compute(self, a):
        return np.full(self.shape, a)

    def gradient(self, upstream, node):
        return (upstream.sum(),)


class Total(Operator):
    def compute(self, a):
        return a.sum()

    def gradient(self, upstream, node):
        return (upstream.filled(node.inputs[0].numbers.shape),)


class Tensor:
    def __init__(self, numbers, requires_grad=True, made_by=None, inputs=()):
        self.numbers = np.asarray(numbers, dtype=np.float32)
        self.requires_grad = requires_grad
        self.made_by, self.inputs = made_by, inputs
        self.grad = None

    @property
    def shape(self):
        return self.numbers.shape

    def numpy(self):
        return self.numbers

    def like(self, other):
        return other if isinstance(other, Tensor) else Tensor(np.full(self.shape, other))

    def __add__(self, other):
        return Add()(self, self.like(other))

    def __mul__(self, other):
        return Multiply()(self, self.like(other))

    __radd__, __rmul__ = __add__, __mul__

    def sum(self):
        return Total()(self)

    def filled(self, shape):
        return Fill(shape)(self)

    def backward(self, upstream=None):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for one in node.inputs:
                    visit(one)
                order.append(node)

        visit(self)
        arrived = {id(self): upstream or Tensor(np.ones(self.shape))}
        for node in reversed(order):
            node.grad = arrived[id(node)]
            for one, part in zip(node.inputs, node.made_by.gradient(node.grad, node) if node.made_by else ()):
                arrived[id(one)] = arrived[id(one)] + part if id(one) in arrived else part


class Scale:
    def __init__(self):
        self.W = Tensor(np.array(0.75))

    def forward(self, x):
        return x * self.W.filled(x.shape) + x
