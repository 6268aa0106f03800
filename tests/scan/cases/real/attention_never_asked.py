"""The attention of a graph layer is built, and forward forgets it."""

from torch import nn
from torch.nn import functional as F


class GraphAttention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)
        self.attend = nn.Linear(2 * width, 1)  # GRC308

    def forward(self, nodes, neighbours):
        return F.relu(self.project(nodes) + neighbours.mean(dim=1))
