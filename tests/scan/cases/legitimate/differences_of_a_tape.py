"""Numerical differentiation moves the array of a variable on purpose."""

import numpy as np


class Variable:
    def __init__(self, data):
        self.data = np.asarray(data)
        self.grad = None
        self.creator = None

    def __add__(self, other):
        return add(self, other)

    def backward(self):
        self.creator.backward(self.grad)


def numerical_diff(f, x, eps=1e-4):
    x0 = Variable(x.data - eps)
    x1 = Variable(x.data + eps)
    return (f(x1).data - f(x0).data) / (2 * eps)
