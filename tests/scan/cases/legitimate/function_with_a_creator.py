"""The one place where a tape unwraps and wraps: the result is told who made it."""

import numpy as np


class Variable:
    def __init__(self, data):
        self.data = np.asarray(data)
        self.grad = None
        self.creator = None

    def __mul__(self, other):
        return Mul()(self, other)

    def backward(self):
        self.creator.backward(self.grad)


class Function:
    def __call__(self, *inputs):
        ys = self.forward(*[x.data for x in inputs])
        output = Variable(ys)
        output.creator = self
        self.inputs = inputs
        return output


class Mul(Function):
    def forward(self, x, y):
        return x * y

    def backward(self, gy):
        x, y = self.inputs
        return gy * y.data, gy * x.data
