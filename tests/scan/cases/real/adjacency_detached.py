"""The learnt adjacency is detached, so neither of its two weights is trained."""

import torch
from torch import nn


class AdaptiveGraph(nn.Module):
    def forward(self, x):
        adjacency = torch.softmax(self.left(x) @ self.right(x).transpose(1, 2), dim=-1).detach()  # GRC008
        return adjacency @ x
