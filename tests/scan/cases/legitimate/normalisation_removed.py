"""What a wrapper computed becomes the parameter it once was."""

import torch
from torch import nn


class WeightNorm:
    def remove(self, module):
        weight = self.compute_weight(module)
        delattr(module, self.name)
        module.register_parameter(self.name, nn.Parameter(weight.data))


class QuantisedLinear(nn.Linear):
    def to_float(self):
        linear = nn.Linear(self.in_features, self.out_features)
        linear.weight = nn.Parameter(self.weight.detach())
        if self.bias is not None:
            linear.bias = torch.nn.Parameter(self.bias.detach())
        return linear
