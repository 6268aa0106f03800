"""Right static functions of home-made frameworks: what forward keeps lies on a context, not on an object."""

import numpy as np

LEDGER = {
    "Multiply": {"may_be": ["passed"], "trap": "a gradient for each operand, in their order; letters are no biases"},
    "Divide": {"may_be": ["passed"], "trap": "neither shapes nor names tell whose a gradient is"},
    "Product": {"may_be": ["passed"], "trap": "operands of a matrix product"},
    "Affine": {"may_be": ["passed"], "trap": "a weight that is turned, a bias"},
    "Convolve": {"may_be": ["passed"], "trap": "settings after the operands"},
    "Rectify": {"may_be": ["passed"], "trap": "branches on a number"},
    "Below": {"may_be": ["inconclusive"], "trap": "a comparison, flat everywhere"},
    "Polar": {"may_be": ["passed"], "trap": "two outputs; what backward calls their gradients says nothing"},
    "Halves": {"may_be": ["passed"], "trap": "two outputs, of which backward takes what it is handed"},
    "Ordered": {"may_be": ["passed"], "trap": "an output of whole numbers, whose gradient backward may do without"},
    "Joined": {"may_be": ["passed"], "trap": "a list goes in, a list of gradients comes out, and nothing for the axis"},
    "Total": {"may_be": ["passed"], "trap": "a list goes in; its gradients come out side by side"},
    "HyperbolicTangent": {"may_be": ["passed"], "trap": "static, without a context: backward is told the point"},
}


class Notes:
    def __init__(self, frozen=False):
        self.frozen = frozen
        self.kept = ()

    def save_for_backward(self, *values):
        if not self.frozen:
            self.kept = values


class Function:
    @classmethod
    def apply(cls, *operands):
        context = Notes()
        return cls.forward(context, *operands), context


class Multiply(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved_tensors
        return grad * b, grad * a


class Divide(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.x, ctx.y = x, y
        return x / y

    @staticmethod
    def backward(ctx, upstream):
        return upstream / ctx.y, -upstream * ctx.x / ctx.y**2


class Product(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a @ b

    @staticmethod
    def backward(ctx, d_out):
        a, b = ctx.saved_tensors
        return d_out @ b.T, a.T @ d_out


class Affine(Function):
    @staticmethod
    def forward(ctx, input, weight, bias):
        ctx.save_for_backward(input, weight)
        return input @ weight.T + bias

    @staticmethod
    def backward(ctx, grad_output):
        input, weight = ctx.saved_tensors
        return grad_output @ weight, grad_output.T @ input, grad_output.sum(axis=0)


class Convolve(Function):
    @staticmethod
    def forward(ctx, input, kernel, stride):
        ctx.save_for_backward(input, kernel)
        ctx.stride, side = stride, kernel.shape[-1]
        steps = (input.shape[-1] - side) // stride + 1
        out = np.zeros((len(input), len(kernel), steps, steps))
        for i, j in np.ndindex(steps, steps):
            patch = input[:, :, i * stride : i * stride + side, j * stride : j * stride + side]
            out[:, :, i, j] = np.einsum("nckl,fckl->nf", patch, kernel)
        return out

    @staticmethod
    def backward(ctx, grad):
        input, kernel = ctx.saved_tensors
        stride, side = ctx.stride, kernel.shape[-1]
        d_input, d_kernel = np.zeros_like(input), np.zeros_like(kernel)
        for i, j in np.ndindex(*grad.shape[2:]):
            here = (slice(None), slice(None), slice(i * stride, i * stride + side), slice(j * stride, j * stride + side))
            d_input[here] += np.einsum("nf,fckl->nckl", grad[:, :, i, j], kernel)
            d_kernel += np.einsum("nf,nckl->fckl", grad[:, :, i, j], input[here])
        return d_input, d_kernel, None


class Rectify:
    @staticmethod
    def forward(ctx: Notes, a: float) -> float:
        ctx.save_for_backward(a)
        return a if a > 0 else 0.0

    @staticmethod
    def backward(ctx: Notes, d_output: float) -> float:
        (a,) = ctx.kept
        return d_output if a > 0 else 0.0


class Below:
    @staticmethod
    def forward(ctx: Notes, a: float, b: float) -> float:
        return 1.0 if a < b else 0.0

    @staticmethod
    def backward(ctx: Notes, d_output: float) -> tuple:
        return 0.0, 0.0


class HyperbolicTangent:
    @staticmethod
    def forward(x):
        return np.tanh(x)

    @staticmethod
    def backward(x, grad):
        return grad * (1 - np.tanh(x) ** 2)


class Polar(Function):
    @staticmethod
    def forward(ctx, angle):
        ctx.place = np.cos(angle), np.sin(angle)
        return ctx.place

    @staticmethod
    def backward(ctx, across, upwards):
        cosine, sine = ctx.place
        return upwards * cosine - across * sine


class Halves(Function):
    @staticmethod
    def forward(ctx, a):
        middle = a.shape[1] // 2
        return a[:, :middle].copy(), a[:, middle:].copy()

    @staticmethod
    def backward(ctx, *sent):
        return np.concatenate(sent, axis=1)


class Ordered(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.order = np.argsort(a, axis=1)
        return np.take_along_axis(a, ctx.order, 1), ctx.order

    @staticmethod
    def backward(ctx, of_values, of_order=None):
        gradient = np.zeros_like(of_values)
        np.put_along_axis(gradient, ctx.order, of_values, 1)
        return gradient


class Joined(Function):
    @staticmethod
    def forward(ctx, arrays, axis=0):
        ctx.axis = axis
        ctx.ends = np.cumsum([one.shape[axis] for one in arrays])
        return np.concatenate(arrays, axis)

    @staticmethod
    def backward(ctx, upstream):
        return np.split(upstream, ctx.ends[:-1], ctx.axis), None


class Total(Function):
    @staticmethod
    def forward(ctx, terms):
        ctx.many = len(terms)
        return 2.0 * sum(terms)

    @staticmethod
    def backward(ctx, upstream):
        return [2.0 * upstream] * ctx.many
