"""Right tapes of numbers."""

import math

LEDGER = {
    "Value": {"operators": ["add", "mul", "pow", "chain"], "trap": "the gradient starts as a whole number"},
    "Pushing.Scalar": {"operators": ["add", "mul", "diamond"], "trap": "backward walks every path of the graph"},
    "Derivatives.Variable": {"operators": ["mul", "exp"], "trap": "the gradient is called derivative"},
}


class Value:
    def __init__(self, data, _children=()):
        self.data, self.grad, self._prev, self._step = data, 0, set(_children), lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def step():
            self.grad += out.grad
            other.grad += out.grad

        out._step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def step():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._step = step
        return out

    def __pow__(self, n):
        assert isinstance(n, (int, float))
        out = Value(self.data**n, (self,))

        def step():
            self.grad += n * self.data ** (n - 1) * out.grad

        out._step = step
        return out

    def relu(self):
        out = Value(max(0, self.data), (self,))

        def step():
            self.grad += (out.data > 0) * out.grad

        out._step = step
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for child in node._prev:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1
        for node in reversed(order):
            node._step()


class Pushing:
    class Scalar:
        __slots__ = ("edges", "grad", "value")

        def __init__(self, value, edges=()):
            self.value, self.grad, self.edges = float(value), 0.0, edges

        def __add__(self, other):
            other = other if isinstance(other, Pushing.Scalar) else Pushing.Scalar(other)
            return Pushing.Scalar(self.value + other.value, ((self, 1.0), (other, 1.0)))

        def __mul__(self, other):
            other = other if isinstance(other, Pushing.Scalar) else Pushing.Scalar(other)
            return Pushing.Scalar(self.value * other.value, ((self, other.value), (other, self.value)))

        def backward(self, upstream=1.0):
            self.grad += upstream
            for operand, slope in self.edges:
                operand.backward(upstream * slope)


class Derivatives:
    class Variable:
        def __init__(self, v, parents=()):
            self.data, self.derivative, self.parents = float(v), None, parents

        def __mul__(self, other):
            other = other if isinstance(other, Derivatives.Variable) else Derivatives.Variable(other)
            return Derivatives.Variable(self.data * other.data, ((self, other.data), (other, self.data)))

        def __add__(self, other):
            other = other if isinstance(other, Derivatives.Variable) else Derivatives.Variable(other)
            return Derivatives.Variable(self.data + other.data, ((self, 1.0), (other, 1.0)))

        def exp(self):
            e = math.exp(self.data)
            return Derivatives.Variable(e, ((self, e),))

        def backward(self, d_output=None):
            d_output = 1.0 if d_output is None else d_output
            self.derivative = (self.derivative or 0.0) + d_output
            for parent, slope in self.parents:
                parent.backward(d_output * slope)
