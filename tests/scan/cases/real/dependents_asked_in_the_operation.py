"""Which operation it was is asked in one method; the gradient that is passed on is all there is so far."""


class Tensor:
    def __init__(self, data, creators=None, operation=None):
        self.data = data
        self.creators = creators
        self.operation = operation
        self.grad = None

    def __add__(self, other):
        return Tensor(self.data + other.data, creators=(self, other), operation="add")

    def backward(self, grad):
        if self.grad is None:
            self.grad = grad
        else:
            self.grad = self.grad + grad
        if self.operation == "add":
            self.creators[0].backward(self.grad)  # GRC505
            self.creators[1].backward(self.grad)
        elif self.operation == "mul":
            self.creators[0].backward(self.grad * self.creators[1].data)
            self.creators[1].backward(self.grad * self.creators[0].data)
