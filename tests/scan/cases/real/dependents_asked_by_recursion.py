"""A number with gradients passes the sum on whenever something is added to it."""


class NumberWithGradient:
    def __init__(self, number, depends_on=(), local=()):
        self.number = number
        self.depends_on = depends_on
        self.local = local
        self.grad = 0.0

    def __add__(self, other):
        return NumberWithGradient(self.number + other.number, (self, other), (1.0, 1.0))

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in zip(self.depends_on, self.local):
            parent.backward(self.grad * slope)  # GRC505
