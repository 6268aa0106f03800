"""Static functions with a context, and layers beside their siblings."""

import numpy as np
import torch


class Bias(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, b):
        return x + b

    @staticmethod
    def backward(ctx, g):
        return g  # GRC504


class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x * factor

    @staticmethod
    def backward(ctx, g):
        return g * ctx.factor, None


class Layer:
    def forward(self, x):
        raise NotImplementedError

    def backward(self, g):
        raise NotImplementedError


class Exp(Layer):
    def forward(self, x):
        self.y = np.exp(x)
        return self.y

    def backward(self, g):
        return g * self.y


class Cube(Layer):
    def forward(self, x):
        self.x = x
        return x**3

    def backward(self, g):
        return 3 * g * self.x**2


class Swish(Layer):  # GRC501
    def forward(self, x):
        return x / (1 + np.exp(-x))


class Masked(Layer):
    def forward(self, x):
        self.x = x
        x *= 2  # GRC105
        return x**2

    def backward(self, g):
        return 4 * g * self.x


def gated(x):
    gate = torch.sigmoid(x)
    gate[gate < 0.5] = 0  # GRC102
    return gate * x
