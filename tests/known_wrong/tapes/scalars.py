"""A tape of numbers, and the ways in which it is got wrong."""

import math

LEDGER = {
    "Overwritten": {"operators": ["reuse", "diamond", "chain"], "says": "x * x"},
    "PowerOfOutput": {"operators": ["pow", "truediv"], "says": "** 3"},
    "LogForgotten": {"operators": ["log"], "says": "no gradient reaches `x`"},
    "SignOfDifference": {"operators": ["sub"], "says": "gradient of `b` is wrong"},
    "UpstreamIgnored": {"operators": ["tanh"], "says": "wrong"},
    "DepthFirst": {"operators": ["diamond"], "says": "h * k + h"},
}


class Value:
    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0.0
        self.children = children
        self.step = None

    def lift(self, other):
        return other if isinstance(other, Value) else type(self)(other)

    def made(self, data, children, step):
        out = type(self)(data, children)
        out.step = step
        return out

    def take(self, gradient):
        self.grad += gradient

    def __add__(self, other):
        other = self.lift(other)

        def step(g):
            self.take(g)
            other.take(g)

        return self.made(self.data + other.data, (self, other), step)

    def __mul__(self, other):
        other = self.lift(other)

        def step(g):
            self.take(g * other.data)
            other.take(g * self.data)

        return self.made(self.data * other.data, (self, other), step)

    def __sub__(self, other):
        other = self.lift(other)

        def step(g):
            self.take(g)
            other.take(-g)

        return self.made(self.data - other.data, (self, other), step)

    def __pow__(self, exponent):
        if not isinstance(exponent, (int, float)):
            raise TypeError("a number is wanted")
        return self.made(
            self.data**exponent, (self,), lambda g: self.take(g * exponent * self.data ** (exponent - 1))
        )

    def __truediv__(self, other):
        return self * self.lift(other) ** -1

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return self.made(t, (self,), lambda g: self.take(g * (1 - t * t)))

    def log(self):
        return self.made(math.log(self.data), (self,), lambda g: self.take(g / self.data))

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for child in node.children:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            if node.step:
                node.step(node.grad)


class Overwritten(Value):
    """`=` where `+=` belongs, in the product alone."""

    def backward(self):
        super().backward()

    def __mul__(self, other):
        other = self.lift(other)

        def step(g):
            self.grad = g * other.data
            other.grad = g * self.data

        return self.made(self.data * other.data, (self, other), step)


class PowerOfOutput(Value):
    """n times the output: the exponent was not lowered."""

    def backward(self):
        super().backward()

    def __pow__(self, exponent):
        value = self.data**exponent
        return self.made(value, (self,), lambda g: self.take(g * exponent * value))


class LogForgotten(Value):
    """The result knows its child, and has no step."""

    def backward(self):
        super().backward()

    def log(self):
        return self.made(math.log(self.data), (self,), None)


class SignOfDifference(Value):
    """The subtrahend gets what the minuend gets."""

    def backward(self):
        super().backward()

    def __sub__(self, other):
        other = self.lift(other)

        def step(g):
            self.take(g)
            other.take(g)

        return self.made(self.data - other.data, (self, other), step)


class UpstreamIgnored(Value):
    """The slope alone: right while tanh is the last step."""

    def backward(self):
        super().backward()

    def tanh(self):
        t = math.tanh(self.data)
        return self.made(t, (self,), lambda g: self.take(1 - t * t))


class DepthFirst(Value):
    """Children are visited as they are met, each once."""

    def backward(self):
        self.grad = 1.0
        stack, seen = [self], set()
        while stack:
            node = stack.pop()
            if node not in seen and node.step:
                seen.add(node)
                node.step(node.grad)
                stack.extend(node.children)
