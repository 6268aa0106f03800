"""Positions that are declared to be learnt, and never are."""

import torch
from torch import nn


class PretrainedText(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Embedding(100, 8)
        self.pos_embedding = nn.Parameter(torch.randn(1, 50, 8))

    def forward(self, tokens):
        x = self.token(tokens)
        return x + self.pos_embedding.data[:, : x.shape[1], :]  # GRC003
