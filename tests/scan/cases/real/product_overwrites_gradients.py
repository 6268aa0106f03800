"""In a lecture, before its second half: a value used twice keeps what the last use wrote."""


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
