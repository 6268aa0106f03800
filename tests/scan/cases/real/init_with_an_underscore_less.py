"""A sine layer whose constructor is a method of its own name."""

import torch
from torch import nn


class SineLayer(nn.Module):
    def __init(self, n_in, n_out):  # GRC302
        super().__init__()
        self.linear = nn.Linear(n_in, n_out)

    def forward(self, x):
        return torch.sin(x)
