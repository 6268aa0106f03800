"""torch.autograd.Functions with one mistake each: in the gradient, or in what autograd may do with them."""

import numpy as np
import torch
from torch.autograd import Function
from torch.nn import functional as F

LEDGER = {
    "CubeFactor": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "SwishForgottenTerm": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["local_derivative", "constant_operand"],
        "oracles": ["finite_difference", "reference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "LinearBiasMean": {
        "check": "gradient",
        "wrt": ["bias"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "LinearWeightForgotten": {
        "check": "contract",
        "also": ["requested"],
        "wrt": ["weight"],
        "explanation": "detached",
        "diagnosis": ["never_written"],
        "oracles": [],
        "smallest": {}
    },
    "MulSwapped": {
        "check": "gradient",
        "wrt": ["x", "y"],
        "explanation": "swapped",
        "diagnosis": ["copied"],
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "SoftmaxDiagonal": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["diagonal"],
        "oracles": ["finite_difference", "reference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "LayerNormNoMeanTerm": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["finite_difference", "reference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "ScaledTooFewGradients": {
        "check": "contract",
        "wrt": ["x"],
        "explanation": "count",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "MatmulTransposedGradient": {
        "check": "contract",
        "wrt": ["a"],
        "explanation": "transpose",
        "diagnosis": ["permuted_axes"],
        "oracles": [],
        "smallest": {}
    },
    "ReluMaskOfUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x"],
        "explanation": "clipped",
        "diagnosis": ["upstream"],
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "SquareSignOfUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x"],
        "explanation": "sign",
        "diagnosis": ["upstream"],
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "ReluInPlaceUpstream": {
        "check": "in_place",
        "also": ["memory_layout"],
        "wrt": [],
        "explanation": "in_place",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "ScaleInPlaceForward": {
        "check": "in_place",
        "wrt": [],
        "explanation": "in_place",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "ExpViewOfUpstream": {
        "check": "memory_layout",
        "wrt": [],
        "explanation": "contiguity",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "CumulativeAsStrided": {
        "check": "memory_layout",
        "wrt": [],
        "explanation": "contiguity",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "ProductNeedsWrongIndex": {
        "check": "requested",
        "wrt": ["w"],
        "explanation": "needs_input_grad",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "ProductUnpacksOnlyBoth": {
        "check": "requested",
        "wrt": ["x"],
        "explanation": "needs_input_grad",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "SinCosUnmaterialised": {
        "check": "undefined",
        "wrt": [],
        "explanation": "none_upstream",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "MeanVarianceDropsOne": {
        "check": "undefined",
        "wrt": ["x"],
        "explanation": "none_upstream",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "ExpKeptOnContext": {
        "check": "double_backward",
        "wrt": ["x"],
        "explanation": "detached",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "SquareThroughData": {
        "check": "double_backward",
        "wrt": ["x"],
        "explanation": "detached",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "TanhThroughNumpy": {
        "check": "double_backward",
        "wrt": ["x"],
        "explanation": "detached",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "SigmoidDetachedDerivative": {
        "check": "double_backward",
        "wrt": ["x"],
        "explanation": "detached",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "GaussianNewStyle": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "sign",
        "diagnosis": ["sign"],
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "LeakyReluSidesSwapped": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "swapped",
        "diagnosis": ["mask", "local_derivative"],
        "oracles": ["finite_difference", "reference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "SquareSingleOnly": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["local_derivative"],
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-02}
    },
}


class CubeFactor(Function):
    """The 3 became a 2 when the square was copied."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 2 * x**2 * grad_output


class SwishForgottenTerm(Function):
    """The product rule stopped after its first half."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * torch.sigmoid(x)


class LinearBiasMean(Function):
    """Took the mean for the bias."""

    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        return output if bias is None else output + bias

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        return grad_output.mm(weight), grad_output.t().mm(input), None if bias is None else grad_output.mean(0)


class LinearWeightForgotten(Function):
    """Frozen while it was written, and never thawed."""

    @staticmethod
    def forward(ctx, input, weight):
        ctx.save_for_backward(input, weight)
        return input.mm(weight.t())

    @staticmethod
    def backward(ctx, grad_output):
        _, weight = ctx.saved_tensors
        return grad_output.mm(weight), None


class MulSwapped(Function):
    """Each factor got the gradient of the other."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, grad_output):
        x, y = ctx.saved_tensors
        return grad_output * x, grad_output * y


class SoftmaxDiagonal(Function):
    """Only the diagonal of the Jacobian."""

    @staticmethod
    def forward(ctx, x):
        y = torch.softmax(x, dim=-1)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return grad_output * y * (1 - y)


class LayerNormNoMeanTerm(Function):
    """The mean's own dependence on x was left out."""

    @staticmethod
    def forward(ctx, x, eps):
        mean = x.mean(-1, keepdim=True)
        scale = (x.var(-1, keepdim=True, unbiased=False) + eps).rsqrt()
        normed = (x - mean) * scale
        ctx.save_for_backward(normed, scale)
        return normed

    @staticmethod
    def backward(ctx, grad_output):
        normed, scale = ctx.saved_tensors
        along = (grad_output * normed).mean(-1, keepdim=True)
        return scale * (grad_output - normed * along), None


class ScaledTooFewGradients(Function):
    """A second argument came later, its None did not."""

    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        return x * alpha

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.alpha


class MatmulTransposedGradient(Function):
    """A transpose too many."""

    @staticmethod
    def forward(ctx, a, weight):
        ctx.save_for_backward(a, weight)
        return a @ weight

    @staticmethod
    def backward(ctx, grad_output):
        a, weight = ctx.saved_tensors
        return (grad_output @ weight.t()).t(), a.t() @ grad_output


class ReluMaskOfUpstream(Function):
    """Guided backpropagation, left in by accident: negative gradients are thrown away as well."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0) + 0.1 * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return (0.1 + (x > 0).to(x.dtype)) * grad_output.clamp(min=0)


class SquareSignOfUpstream(Function):
    """Only the direction of the upstream gradient is used."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 2 * x * grad_output.abs()


class ReluInPlaceUpstream(Function):
    """Saves memory by writing into a tensor that is not its own."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        grad_output[x < 0] = 0
        return grad_output


class ScaleInPlaceForward(Function):
    """Works in place and does not mark its input as dirty."""

    @staticmethod
    def forward(ctx, x):
        x.mul_(3)
        return x + 0

    @staticmethod
    def backward(ctx, grad_output):
        return 3 * grad_output


class ExpViewOfUpstream(Function):
    """Flattens by view: after y.sum() the upstream gradient has strides of zero."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return (grad_output.view(-1) * y.reshape(-1)).view(y.shape)


class CumulativeAsStrided(Function):
    """Reads memory as if it were dense, the way a kernel that is handed a bare pointer does."""

    @staticmethod
    def forward(ctx, x):
        dense = torch.as_strided(x, (x.numel(),), (1,), x.storage_offset())
        ctx.shape = x.shape
        return (2.0 * dense).reshape(x.shape)

    @staticmethod
    def backward(ctx, grad_output):
        return 2.0 * grad_output


class ProductNeedsWrongIndex(Function):
    """Copied the line and not the index."""

    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x @ w.t()

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        dx = dw = None
        if ctx.needs_input_grad[0]:
            dx = grad_output @ w
        if ctx.needs_input_grad[0]:
            dw = grad_output.t() @ x
        return dx, dw


class ProductUnpacksOnlyBoth(Function):
    """Keeps what the weight's gradient needs only where the weight is trained, and uses it for both."""

    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w if ctx.needs_input_grad[1] else None)
        return x @ w.t()

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        return grad_output @ w, grad_output.t() @ x


class SinCosUnmaterialised(Function):
    """Asked not to be handed zeros, and does not expect None."""

    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        return x.sin(), x.cos()

    @staticmethod
    def backward(ctx, grad_sin, grad_cos):
        (x,) = ctx.saved_tensors
        return grad_sin * x.cos() - grad_cos * x.sin()


class MeanVarianceDropsOne(Function):
    """Returns early where the second upstream gradient is None, and forgets the first one's share."""

    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        return x.mean(-1), x.var(-1, unbiased=False)

    @staticmethod
    def backward(ctx, grad_mean, grad_var):
        (x,) = ctx.saved_tensors
        n = x.shape[-1]
        if grad_var is None:
            return torch.zeros_like(x)
        dx = grad_var.unsqueeze(-1) * 2 * (x - x.mean(-1, keepdim=True)) / n
        return dx if grad_mean is None else dx + grad_mean.unsqueeze(-1) / n


class ExpKeptOnContext(Function):
    """The output is kept on ctx, where autograd does not see it."""

    @staticmethod
    def forward(ctx, x):
        ctx.y = torch.exp(x)
        return ctx.y.clone()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.y


class SquareThroughData(Function):
    """`.data` was what one wrote once."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 2 * x.data * grad_output


class TanhThroughNumpy(Function):
    """NumPy knows tanh, autograd does not know NumPy."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.from_numpy(np.tanh(x.detach().numpy()))

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return torch.from_numpy((1 - np.tanh(x.detach().numpy()) ** 2) * grad_output.detach().numpy())


class SigmoidDetachedDerivative(Function):
    """The derivative was computed in forward, to save time in backward."""

    @staticmethod
    def forward(ctx, x):
        y = torch.sigmoid(x)
        ctx.save_for_backward(y * (1 - y))
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (derivative,) = ctx.saved_tensors
        return grad_output * derivative


class GaussianNewStyle(Function):
    """The chain rule's minus was lost."""

    @staticmethod
    def forward(x):
        return torch.exp(-x * x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output)

    @staticmethod
    def backward(ctx, grad_output):
        x, y = ctx.saved_tensors
        return 2 * x * y * grad_output


class LeakyReluSidesSwapped(Function):
    """The slope ended up on the wrong side."""

    @staticmethod
    def forward(ctx, x, negative_slope):
        ctx.save_for_backward(x)
        ctx.negative_slope = negative_slope
        return torch.where(x > 0, x, negative_slope * x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return torch.where(x > 0, ctx.negative_slope * grad_output, grad_output), None


class SquareSingleOnly(Function):
    """A kernel that takes float32 only, wrong by a factor."""

    @staticmethod
    def forward(ctx, x):
        if x.dtype != torch.float32:
            raise TypeError("float32 only")
        ctx.save_for_backward(x)
        return F.silu(x) + x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * (s * (1 + x * (1 - s)) + x)
