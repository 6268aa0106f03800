"""nn.Modules in which a gradient is cut off, or comes out wrong."""

import math

import numpy as np
import torch
from torch import nn
from torch.autograd import Function

LEDGER = {
    "ScaleThroughData": {
        "check": "flow",
        "also": ["gradient"],
        "wrt": ["scale"],
        "explanation": "detached",
        "diagnosis": ["never_written"],
        "oracles": [],
        "smallest": {}
    },
    "TemperatureItem": {
        "check": "flow",
        "wrt": ["log_temperature"],
        "explanation": "detached",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "GateThroughNumpy": {
        "check": "flow",
        "also": ["gradient"],
        "wrt": ["gate.weight"],
        "explanation": "detached",
        "diagnosis": ["never_written"],
        "explained": "not at all",
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "GainRebuilt": {
        "check": "flow",
        "wrt": ["gain"],
        "explanation": "detached",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "BiasFromList": {
        "check": "flow",
        "wrt": ["bias"],
        "explanation": "detached",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "NormByData": {
        "check": "gradient",
        "wrt": ["x", "linear.weight", "linear.bias"],
        "explanation": "detached",
        "diagnosis": ["constant_operand"],
        "explained": "not at all",
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-08}
    },
    "SoftplusScaleFloat": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "detached",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-07}
    },
    "HiddenWrongFunction": {
        "check": "gradient",
        "wrt": ["x", "linear.weight", "linear.bias"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["finite_difference"],
        "smallest": {"finite_difference": 1e-08}
    },
}


class ScaleThroughData(nn.Module):
    """`.data` to avoid a warning about in-place changes that are long gone."""

    def __init__(self, in_features):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(in_features))
        self.shift = nn.Parameter(torch.zeros(in_features))

    def forward(self, x):
        return x * self.scale.data + self.shift


class TemperatureItem(nn.Module):
    """A learned temperature, made a Python number."""

    def __init__(self):
        super().__init__()
        self.log_temperature = nn.Parameter(torch.tensor(0.5))

    def forward(self, logits):
        return torch.softmax(logits / math.exp(self.log_temperature.item()), dim=-1)


class GateThroughNumpy(nn.Module):
    """The gate is computed by NumPy."""

    def __init__(self, in_features, out_features):
        super().__init__()
        self.gate = nn.Linear(in_features, out_features, bias=False)
        self.value = nn.Linear(in_features, out_features)

    def forward(self, x):
        gate = torch.from_numpy(1 / (1 + np.exp(-self.gate(x).detach().cpu().numpy())))
        return gate * self.value(x)


class GainRebuilt(nn.Module):
    """A new tensor is made of the parameter in every forward."""

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(1.5))

    def forward(self, x):
        return x * torch.tensor(float(self.gain))


class BiasFromList(nn.Module):
    """tolist() to print the bias, and then used."""

    def __init__(self, in_features):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(in_features))

    def forward(self, x):
        return torch.stack([x[:, i] + b for i, b in enumerate(self.bias.tolist())], dim=1)


class NormByData(nn.Module):
    """Divides by a norm that autograd takes for a constant."""

    def __init__(self, in_features, out_features):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        h = self.linear(x)
        return h / h.data.norm(dim=-1, keepdim=True)


class SoftplusScaleFloat(nn.Module):
    """The scale of the whole input, made a Python number."""

    def __init__(self):
        super().__init__()

    def forward(self, x):
        return x / float(x.abs().mean())


class _Doubled(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sin(x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 2 * torch.cos(x) * grad_output


class HiddenWrongFunction(nn.Module):
    """A function with a wrong backward, deep inside."""

    def __init__(self, in_features, out_features):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        return _Doubled.apply(self.linear(x))
