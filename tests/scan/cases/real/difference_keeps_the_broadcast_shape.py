"""Gradients are added by making new arrays, which take the larger shape without a word."""

import numpy as np


class Node:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data)
        self.grad = np.zeros_like(self.data, dtype=float)
        self.parents = parents

    def __sub__(self, other):
        out = Node(self.data - other.data, (self, other))

        def pass_on():
            self.grad = self.grad + out.grad  # GRC205
            other.grad = other.grad - out.grad

        out.pass_on = pass_on
        return out

    def backward(self):
        for node in reversed(order_of(self)):
            node.pass_on()


def order_of(node):
    return [node]
