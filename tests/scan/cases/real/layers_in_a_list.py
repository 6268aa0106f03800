"""Layers in a list: the module has no parameters."""

from torch import nn
from torch.nn import functional as F


class StackedText(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.blocks = [nn.Linear(width, width) for _ in range(depth)]  # GRC303

    def forward(self, words):
        for block in self.blocks:
            words = F.relu(block(words))
        return words
