"""Layers that wrap a bare array with the flag of its source: it looks as if it could learn, and has no edge."""

from __future__ import annotations

import numpy as np

from reference_models.tape.modules.linear import Linear
from reference_models.tape.tensor import Tensor


class CopiedFlagResidual:
    """x + f(x), summed as arrays; f never learns, and nothing before it."""

    def __init__(self, features):
        self.linear = Linear(features, features)

    def forward(self, x):
        y = self.linear.forward(x)
        return Tensor(x.data + y.data, requires_grad=x.requires_grad or y.requires_grad)


class CopiedFlagDropout:
    """The mask is multiplied onto the array, and the flag copied."""

    def __init__(self, features, p=0.5):
        self.linear = Linear(features, features)
        self.p = p

    def forward(self, x):
        h = self.linear.forward(x)
        mask = np.random.default_rng(0).random(h.shape) >= self.p
        return Tensor(h.data * mask / (1 - self.p), requires_grad=h.requires_grad)


class CopiedFlagGelu:
    """An activation the tensor does not have, written with NumPy."""

    def __init__(self, features):
        self.linear = Linear(features, features)

    def forward(self, x):
        h = self.linear.forward(x)
        inner = np.sqrt(2 / np.pi) * (h.data + 0.044715 * h.data**3)
        return Tensor(0.5 * h.data * (1 + np.tanh(inner)), requires_grad=h.requires_grad)
