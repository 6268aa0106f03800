"""Operations of tapes that lose a gradient, or share one."""

import math


class Value:
    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0.0
        self._prev = set(children)
        self._backward = lambda: None

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad = other.data * out.grad  # GRC107
            other.grad = self.data * out.grad  # GRC107

        out._backward = _backward
        return out

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))

        def _backward():  # GRC503
            self.grad += (1 - t**2) * out.grad

        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,))

        def _backward():
            if self.grad is None:
                self.grad = out.data * out.grad
            else:
                self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def backward(self):
        self._backward()
        for child in self._prev:
            child.backward()  # GRC505


class Pair:
    def spread(self, a, b, g):
        a.grad = g
        b.grad = g  # GRC106

    def more(self, a, g):
        a.grad += g
