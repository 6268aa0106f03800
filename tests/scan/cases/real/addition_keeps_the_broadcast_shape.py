"""Two arrays are added, one of them broadcast; both get the gradient of the sum."""

import numpy as np


class Array:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data)
        self.grad = np.zeros_like(self.data)
        self.parents = parents

    def __add__(self, other):
        out = Array(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad  # GRC205
            other.grad += out.grad

        out._backward = _backward
        return out

    def backward(self):
        self.grad = np.ones_like(self.data)
        for node in reversed(order_of(self)):
            node._backward()


def order_of(node):
    return [node]
