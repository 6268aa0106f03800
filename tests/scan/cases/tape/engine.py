"""A tape whose operations attach their results in every usual way, and some that forgot."""
import numpy as np


class Value:
    def __init__(self, data, _children=(), requires_grad=False):
        self.data = np.asarray(data)
        self.grad = np.zeros_like(self.data)
        self._prev = set(_children)
        self._backward = lambda: None
        self.requires_grad = requires_grad

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad  # GRC205
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = self.__class__(self.data * other.data)
        out._prev = {self, other}
        return out

    def tanh(self):
        return Value(np.tanh(self.data))  # GRC001

    def relu(self):
        out = type(self)(np.maximum(self.data, 0), requires_grad=self.requires_grad)  # GRC002
        return out

    def exp(self):
        if not self.requires_grad:
            return Value(np.exp(self.data))
        out = Value(np.exp(self.data), _children=(self,))
        return out

    def sign(self):
        return Value(np.sign(self.data))

    def detach(self):
        return Value(self.data)

    def backward(self):
        self._backward()

    @property
    def array(self):
        return self.data


def as_array(x):
    return x.data


def wrap(a):
    return Value(a)


def by_helper(x):
    return Value(np.sin(as_array(x)))  # GRC001


def by_wrapper(x):
    y = np.cos(x.data)
    return wrap(y)  # GRC001


def by_property(x):
    return Value(x.array * 2)  # GRC001


def by_loop(xs):
    total = 0
    for x in xs:
        total += x.data
    return Value(total)  # GRC001


def by_comprehension(xs):
    return Value(np.stack([x.data for x in xs]))  # GRC001


def by_unpacking(x, y):
    a, b = x.data, y.shape
    return Value(a), Value(b)  # GRC001


def by_closure(x):
    def scaled():
        return x.data * 2

    return Value(scaled())  # GRC001


def by_filling(x):
    out = Value(np.zeros(3))
    out.data[...] = x.data * 2  # GRC001
    return out


def by_recording(x, tape):
    out = Value(np.sqrt(x.data))
    tape.append((out, x))
    return out


def by_registering(x, graph):
    return graph.register(Value(np.sqrt(x.data)), lambda g: g)


class Layer:
    def forward(self, x):
        h = self.lift(x)
        return h

    def lift(self, x):
        return Value(self.bare(x) + 1)  # GRC001

    def bare(self, x):
        return x.data
