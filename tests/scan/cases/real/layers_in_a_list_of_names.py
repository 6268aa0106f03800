"""A list written out, of layers built before."""

from torch import nn


class Decoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        first = nn.Linear(width, width)
        second = nn.Linear(width, width)
        self.steps = [first, second]  # GRC303

    def forward(self, x):
        for step in self.steps:
            x = step(x).relu()
        return x
