"""Static functions of home-made frameworks whose backward is wrong."""

import numpy as np

LEDGER = {
    "Multiply": {
        "check": "gradient",
        "wrt": ["a", "b"],
        "explanation": "copied",
        "diagnosis": ["copied", "local_derivative"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08}
    },
    "Divide": {
        "check": "gradient",
        "wrt": ["b"],
        "explanation": "missing_power",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "Affine": {
        "check": "contract",
        "wrt": ["bias"],
        "explanation": "shape",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {}
    },
    "Inverse": {
        "check": "gradient",
        "wrt": ["a"],
        "explanation": "sign",
        "diagnosis": ["sign", "local_derivative"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
}


class Context:
    def __init__(self):
        self.saved_values = ()

    def save_for_backward(self, *values):
        self.saved_values = values


class Function:
    """The base that a framework drives by `apply`."""


class Multiply(Function):
    """Each operand's gradient was handed to the other: returned in the order in which they were written down."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved_tensors
        grad_b, grad_a = grad * a, grad * b
        return grad_b, grad_a


class Divide(Function):
    """The square of the quotient rule was forgotten."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a / b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved_tensors
        return grad / b, -grad * a / b


class Affine(Function):
    """The bias is broadcast in forward, and its gradient handed back without the sum over the batch."""

    @staticmethod
    def forward(ctx, input, weight, bias):
        ctx.save_for_backward(input, weight)
        return input @ weight + bias

    @staticmethod
    def backward(ctx, grad):
        input, weight = ctx.saved_tensors
        return grad @ weight.T, input.T @ grad, grad


class Inverse:
    """The sign of the derivative of 1 / a was lost."""

    @staticmethod
    def forward(ctx: Context, a: float) -> float:
        ctx.save_for_backward(a)
        return 1.0 / a

    @staticmethod
    def backward(ctx: Context, d_output: float) -> float:
        (a,) = ctx.saved_values
        return np.multiply(d_output, 1.0 / a**2)
