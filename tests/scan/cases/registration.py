"""What a module loses in its constructor."""

import torch.nn as nn


class Forgetful(nn.Module):
    def __init__(self):  # GRC301
        self.rate = 0.1
        self.out = nn.Linear(2, 2)

    def forward(self, x):
        return self.out(x) * self.rate
