"""Right torch.autograd.Functions that look wrong: straight-through, reversal, several outputs, narrow dtypes."""

import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

LEDGER = {
    "RoundStraightThrough": {"may_be": ["not applicable"], "trap": "derivative zero, gradient passed on"},
    "SignClipped": {"may_be": ["not applicable"], "trap": "derivative zero, gradient passed on where |x| <= 1"},
    "FakeQuantize": {"may_be": ["not applicable"], "trap": "steps of 1 / 15"},
    "SpikeSurrogate": {"may_be": ["not applicable"], "trap": "a step, with the slope of a sigmoid"},
    "ReverseGradient": {"may_be": ["not applicable"], "trap": "identity, gradient times -alpha"},
    "ScaleGradient": {"may_be": ["not applicable"], "trap": "identity, gradient times a factor"},
    "ClipGradient": {"may_be": ["not applicable"], "trap": "identity, not linear in the upstream gradient"},
    "Linear": {"may_be": ["passed"], "trap": "an optional bias, gradients only as asked"},
    "LayerNorm": {"may_be": ["passed"], "trap": "second derivatives through what forward saved"},
    "Softmax": {"may_be": ["passed"], "trap": "the output is saved, second derivatives run through it"},
    "SoftmaxAlong": {"may_be": ["passed"], "trap": "an axis as argument"},
    "SwishNewStyle": {"may_be": ["passed"], "trap": "forward without ctx"},
    "TwoOutputs": {"may_be": ["passed"], "trap": "undefined upstream gradients"},
    "ArgmaxBeside": {"may_be": ["passed"], "trap": "an output of whole numbers, marked non-differentiable"},
    "ReluInPlace": {"may_be": ["passed"], "trap": "forward writes into its input and says so"},
    "SquareOnce": {"may_be": ["passed"], "trap": "once_differentiable"},
    "TanhSingle": {"may_be": ["passed", "inconclusive"], "trap": "float32 only"},
    "GeluHalf": {"may_be": ["passed", "inconclusive"], "trap": "half only"},
    "MaskedScale": {"may_be": ["passed"], "trap": "None for a mask"},
    "EmbeddingLookup": {"may_be": ["passed"], "trap": "integer input, rows add up"},
    "MatMul": {"may_be": ["passed"], "trap": "a product with rows the other way round"},
    "Conv": {"may_be": ["passed"], "trap": "stride and padding as arguments"},
    "CrossEntropy": {"may_be": ["passed"], "trap": "a loss of whole-number targets"},
    "ClampKinked": {"may_be": ["passed"], "trap": "corners at the bounds"},
    "LogSumExp": {"may_be": ["passed"], "trap": "a reduction that drops an axis"},
}


class RoundStraightThrough(Function):
    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output


class SignClipped(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sign(x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * (x.abs() <= 1).to(grad_output.dtype)


class FakeQuantize(Function):
    @staticmethod
    def forward(ctx, x, num_bits):
        levels = 2**num_bits - 1
        return torch.round(x * levels) / levels

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output, None


class SpikeSurrogate(Function):
    @staticmethod
    def forward(ctx, membrane):
        ctx.save_for_backward(membrane)
        return (membrane > 0).to(membrane.dtype)

    @staticmethod
    def backward(ctx, grad_output):
        (membrane,) = ctx.saved_tensors
        return grad_output / (1 + 10 * membrane.abs()) ** 2


class ReverseGradient(Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.neg() * ctx.alpha, None


class ScaleGradient(Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x.clone()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.factor, None


class ClipGradient(Function):
    @staticmethod
    def forward(ctx, x, bound):
        ctx.bound = bound
        return x.clone()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.clamp(-ctx.bound, ctx.bound), None


class Linear(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias


class LayerNorm(Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, eps):
        ctx.save_for_backward(x, gamma)
        ctx.eps = eps
        return F.layer_norm(x, x.shape[-1:], gamma, beta, eps)

    @staticmethod
    def backward(ctx, grad_output):
        x, gamma = ctx.saved_tensors
        mean = x.mean(-1, keepdim=True)
        scale = (((x - mean) ** 2).mean(-1, keepdim=True) + ctx.eps).rsqrt()
        normed = (x - mean) * scale
        g = grad_output * gamma
        dx = scale * (g - g.mean(-1, keepdim=True) - normed * (g * normed).mean(-1, keepdim=True))
        axes = tuple(range(x.dim() - 1))
        return dx, (grad_output * normed).sum(axes), grad_output.sum(axes), None


class Softmax(Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.softmax(x, dim=-1)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return y * (grad_output - (grad_output * y).sum(-1, keepdim=True))


class SoftmaxAlong(Function):
    @staticmethod
    def forward(ctx, x, dim):
        y = torch.softmax(x, dim=dim)
        ctx.dim = dim
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return y * (grad_output - (grad_output * y).sum(ctx.dim, keepdim=True)), None


class SwishNewStyle(Function):
    @staticmethod
    def forward(x, beta: float = 1.5):
        return x * torch.sigmoid(beta * x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, ctx.beta = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(ctx.beta * x)
        return grad_output * s * (1 + ctx.beta * x * (1 - s)), None


class TwoOutputs(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        return x.sin(), x.cos()

    @staticmethod
    def backward(ctx, grad_sin, grad_cos):
        (x,) = ctx.saved_tensors
        grad = None
        if grad_sin is not None:
            grad = grad_sin * x.cos()
        if grad_cos is not None:
            part = -grad_cos * x.sin()
            grad = part if grad is None else grad + part
        return grad


class ArgmaxBeside(Function):
    @staticmethod
    def forward(ctx, x):
        value, index = x.max(dim=-1)
        ctx.mark_non_differentiable(index)
        ctx.save_for_backward(index)
        ctx.shape = x.shape
        return value, index

    @staticmethod
    def backward(ctx, grad_value, _grad_index):
        (index,) = ctx.saved_tensors
        grad = grad_value.new_zeros(ctx.shape)
        return grad.scatter(-1, index.unsqueeze(-1), grad_value.unsqueeze(-1))


class ReluInPlace(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.clamp_(min=0)
        ctx.save_for_backward(x)
        return x

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return grad_output * (y > 0).to(grad_output.dtype)


class SquareOnce(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 2 * x.data * grad_output


class TanhSingle(Function):
    @staticmethod
    def forward(ctx, x):
        if x.dtype != torch.float32:
            raise TypeError("float32 only")
        y = torch.tanh(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return grad_output * (1 - y * y)


class GeluHalf(Function):
    @staticmethod
    def forward(ctx, x):
        if x.dtype not in {torch.float16, torch.bfloat16}:
            raise TypeError("half only")
        ctx.save_for_backward(x)
        return F.gelu(x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        wide = x.float()
        density = torch.exp(-0.5 * wide * wide) / (2 * torch.pi) ** 0.5
        share = 0.5 * (1 + torch.erf(wide / 2**0.5))
        return grad_output * (share + wide * density).to(grad_output.dtype)


class MaskedScale(Function):
    @staticmethod
    def forward(ctx, x, mask, scale):
        ctx.save_for_backward(mask)
        ctx.scale = scale
        return x * mask * scale

    @staticmethod
    def backward(ctx, grad_output):
        (mask,) = ctx.saved_tensors
        return grad_output * mask * ctx.scale, None, None


class EmbeddingLookup(Function):
    @staticmethod
    def forward(ctx, indices, weight):
        ctx.save_for_backward(indices)
        ctx.rows = weight.shape[0]
        return weight[indices]

    @staticmethod
    def backward(ctx, grad_output):
        (indices,) = ctx.saved_tensors
        flat = grad_output.reshape(-1, grad_output.shape[-1])
        grad = flat.new_zeros((ctx.rows, flat.shape[1]))
        return None, grad.index_add(0, indices.reshape(-1), flat)


class MatMul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a @ b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return grad_output @ b.transpose(-1, -2), a.transpose(-1, -2) @ grad_output


class Conv(Function):
    @staticmethod
    def forward(ctx, input, weight, bias, stride, padding):
        ctx.save_for_backward(input, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(input, weight, bias, stride, padding)

    @staticmethod
    def backward(ctx, grad_output):
        input, weight = ctx.saved_tensors
        dx = torch.nn.grad.conv2d_input(input.shape, weight, grad_output, ctx.stride, ctx.padding)
        dw = torch.nn.grad.conv2d_weight(input, weight.shape, grad_output, ctx.stride, ctx.padding)
        return dx, dw, grad_output.sum((0, 2, 3)), None, None


class CrossEntropy(Function):
    @staticmethod
    def forward(ctx, logits, target):
        ctx.save_for_backward(logits, target)
        return F.cross_entropy(logits, target)

    @staticmethod
    def backward(ctx, grad_output):
        logits, target = ctx.saved_tensors
        p = torch.softmax(logits, -1)
        return grad_output * (p - F.one_hot(target, logits.shape[-1])) / len(target), None


class ClampKinked(Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward(x)
        ctx.low, ctx.high = low, high
        return x.clamp(low, high)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        inside = (x >= ctx.low) & (x <= ctx.high)
        return grad_output * inside.to(grad_output.dtype), None, None


class LogSumExp(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logsumexp(x, dim=-1)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output.unsqueeze(-1) * torch.softmax(x, dim=-1)
