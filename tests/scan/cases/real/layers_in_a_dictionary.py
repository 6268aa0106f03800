"""Layers in a dictionary are not found either."""

from torch import nn


class Towers(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.towers = {}
        for name, size in sizes.items():
            self.towers[name] = nn.Sequential(nn.Linear(size, 8), nn.ReLU())  # GRC303

    def forward(self, inputs):
        return sum(self.towers[name](value) for name, value in inputs.items())
