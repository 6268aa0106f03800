"""Attention in arrays, wrapped at the end."""

import numpy as np

from core.tensor import Tensor


class Attention:
    def forward(self, x):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = np.matmul(q.data, np.swapaxes(k.data, -2, -1)) / self.scale
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        return Tensor(np.matmul(weights, v.data), requires_grad=True)  # GRC001
