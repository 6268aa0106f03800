"""Two operands, each asked at once."""


class Expression:
    def __init__(self, value, left=None, right=None, slopes=(1.0, 1.0)):
        self.value = value
        self.left = left
        self.right = right
        self.slopes = slopes
        self.grad = 0.0

    def __mul__(self, other):
        return Expression(self.value * other.value, self, other, (other.value, self.value))

    def backward(self, upstream):
        self.grad += upstream
        if self.left is not None:
            self.left.backward(self.grad * self.slopes[0])  # GRC505
        if self.right is not None:
            self.right.backward(self.grad * self.slopes[1])
