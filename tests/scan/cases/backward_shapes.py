"""Backward passes with gradients of the wrong shape."""

import numpy as np


def affine_back(dout, x, W):
    dx = np.dot(dout, W.T)
    dW = np.dot(x.T, dout)
    db = dout  # GRC204
    return dx, dW, db


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

    def __matmul__(self, other):
        out = Array(self.data @ other.data, (self, other))

        def _backward():
            self.grad += out.grad @ other.data.T  # GRC202
            other.grad += self.data.T @ out.grad  # GRC202

        out._backward = _backward
        return out

    def __rmatmul__(self, other):
        return Array(np.dot(other.data, self.data), (self,))  # GRC201

    def sum(self, axis=None):
        out = Array(self.data.sum(axis=axis), (self,))

        def _backward():
            self.grad += np.ones_like(self.data) * out.grad  # GRC206

        out._backward = _backward
        return out

    def backward(self):
        order = sort(self)
        self.grad = np.ones_like(self.data)
        for node in reversed(order):
            node._backward()


def scores(queries, keys):
    keys = np.asarray(keys, dtype=np.float64)
    return queries @ keys.transpose(-2, -1)  # GRC203


def sort(node):
    return [node]
