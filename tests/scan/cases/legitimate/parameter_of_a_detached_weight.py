"""A new parameter starts from the values of another."""

from torch import nn


class Head(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        self.out = nn.Linear(4, 10, bias=False)
        self.out.weight = nn.Parameter(embedding.weight.T.detach())

    def forward(self, x):
        return self.out(x)
