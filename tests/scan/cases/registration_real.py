"""What people lost by registration, as it was reported."""

import torch
import torch.nn as nn
from torch.nn import functional as F


class StackedText(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.blocks = [nn.Linear(width, width) for _ in range(depth)]  # GRC303

    def forward(self, words):
        for block in self.blocks:
            words = F.relu(block(words))
        return words


class Towers(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.towers = {}
        for name, size in sizes.items():
            self.towers[name] = nn.Sequential(nn.Linear(size, 8), nn.ReLU())  # GRC303

    def forward(self, inputs):
        return sum(self.towers[name](value) for name, value in inputs.items())


class Collected(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.cells = []
        for _ in range(depth):
            self.cells.append(nn.LSTMCell(8, 8))  # GRC303


class MemoryBank(nn.Module):
    def __init__(self, slots, width):
        super().__init__()
        self.keys = torch.randn(slots, width)  # GRC304
        self.values = torch.randn(slots, width, requires_grad=True)  # GRC304

    def forward(self, query):
        weights = F.softmax(query @ self.keys.T, dim=-1)
        return weights @ self.values


class GraphAttention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)
        self.attend = nn.Linear(2 * width, 1)  # GRC308

    def forward(self, nodes, neighbours):
        return F.relu(self.project(nodes) + neighbours.mean(dim=1))


class Flexible(nn.Module):
    def forward(self, x):
        hidden = nn.Linear(x.shape[-1], 32)(x)  # GRC307
        return F.relu(hidden)


class SineLayer(nn.Module):
    def __init(self, n_in, n_out):  # GRC302
        super().__init__()
        self.linear = nn.Linear(n_in, n_out)

    def forward(self, x):
        return torch.sin(x)


class Lightning(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self_second = nn.Linear(4, 4)  # GRC302

    def forward(self, x):
        return self.first(x)


class Forgetful(nn.Module):
    def __init__(self):  # GRC301
        self.rate = 0.1
        self.out = nn.Linear(2, 2)

    def forward(self, x):
        return self.out(x) * self.rate
