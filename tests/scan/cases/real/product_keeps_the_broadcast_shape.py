"""A column times a row: each factor gets a gradient of the shape of the product."""

import numpy as np


class Grid:
    def __init__(self, data, children=()):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self.children = children

    def __mul__(self, other):
        out = Grid(self.data * other.data, (self, other))

        def push():
            self.grad += other.data * out.grad  # GRC205
            other.grad += self.data * out.grad

        out.push = push
        return out

    def backward(self):
        self.grad = np.ones_like(self.data)
        for node in reversed(order_of(self)):
            node.push()


def order_of(node):
    return [node]
