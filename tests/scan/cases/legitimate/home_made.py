"""What home-made tapes do with plain arrays on purpose."""
import numpy as np


class Variable:
    def __init__(self, data):
        self.data = data
        self.grad = None
        self.creator = None

    def __mul__(self, other):
        return mul(self, other)

    def backward(self):
        self.creator.backward(self.grad)


class Function:
    def __call__(self, *inputs):
        ys = self.forward(*[x.data for x in inputs])
        output = Variable(ys)
        output.creator = self
        return output


class Square(Function):
    def forward(self, x):
        return x**2

    def backward(self, gy):
        return 2 * self.input.data * gy


def numerical_diff(f, x, eps=1e-4):
    x0 = Variable(x.data - eps)
    x1 = Variable(x.data + eps)
    return (f(x1).data - f(x0).data) / (2 * eps)


def log_sum_exp(x):
    shift = Variable(x.data.max(axis=1, keepdims=True))
    return (x - shift).exp().sum(axis=1).log() + shift


def mask_like(x, p):
    return Variable(np.random.rand(*x.data.shape) > p)


def relu_mask(x):
    return x * Variable(x.data > 0)


def generate(model, x):
    for _ in range(5):
        x = Variable(np.append(x.data, model(x).data.argmax()))
    return x
