"""`self_second` for `self.second`."""

from torch import nn


class Lightning(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self_second = nn.Linear(4, 4)  # GRC302

    def forward(self, x):
        return self.first(x)
