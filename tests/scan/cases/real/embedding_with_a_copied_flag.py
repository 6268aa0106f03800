"""Looked-up rows of a weight with the weight's flag: the table is never trained."""

import numpy as np

from core.tensor import Tensor


class TokenEmbedding:
    def __init__(self, rows, width):
        self.weight = Tensor(np.random.randn(rows, width), requires_grad=True)

    def forward(self, tokens):
        rows = self.weight.data[tokens.data.astype(int)]
        return Tensor(rows, requires_grad=self.weight.requires_grad)  # GRC002
