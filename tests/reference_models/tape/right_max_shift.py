"""Layers that take the largest score out of the tape before they exponentiate: constant, so nothing is lost."""

from __future__ import annotations

from reference_models.tape.modules.linear import Linear
from reference_models.tape.tensor import Tensor


class ShiftedSoftmax:
    """softmax(x - c) = softmax(x) for every c, and so are the gradients."""

    def __init__(self, features):
        self.linear = Linear(features, features)

    def forward(self, x):
        scores = self.linear.forward(x)
        exponential = (scores - Tensor(scores.data.max(axis=-1, keepdims=True))).exp()
        return exponential / exponential.sum(-1, keepdims=True)


class ShiftedLogSumExp:
    """What is taken away is added back, as a constant both times."""

    def __init__(self, features):
        self.linear = Linear(features, features)

    def forward(self, x):
        scores = self.linear.forward(x)
        largest = scores.max(-1, keepdims=True).detach()
        return (scores - largest).exp().sum(-1, keepdims=True).log() + largest
