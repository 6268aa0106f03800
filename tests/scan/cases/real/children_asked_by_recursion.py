"""Each child is asked as often as it is used, with all that has arrived so far."""


class Value:
    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0.0
        self._prev = set(children)
        self._backward = lambda: None

    def __add__(self, other):
        return Value(self.data + other.data, (self, other))

    def backward(self):
        self._backward()
        for child in self._prev:
            child.backward()  # GRC505
