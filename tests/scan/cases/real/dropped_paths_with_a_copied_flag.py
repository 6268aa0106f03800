"""Dropping paths drops the graph as well."""

import numpy as np

from core.tensor import Tensor


class DropPath:
    def forward(self, x):
        if not self.training:
            return x
        keep = np.random.rand(x.shape[0], 1) > self.rate
        return Tensor(x.data * keep / (1 - self.rate), requires_grad=x.requires_grad)  # GRC002
