"""Layers that take the array out of a tensor, compute with it, and wrap what comes out: the graph ends there."""

from __future__ import annotations

import numpy as np

from reference_models.tape.modules.layer_norm import LayerNorm
from reference_models.tape.modules.linear import Linear
from reference_models.tape.modules.multi_head_attention import MultiHeadAttention
from reference_models.tape.tensor import Tensor


class ExtractedLinear:
    """NumPy's product is fast, so it is taken; W and b never learn."""

    def __init__(self, in_features, out_features):
        self.W = Tensor(np.random.default_rng(0).standard_normal((in_features, out_features)), requires_grad=True)
        self.b = Tensor(np.zeros(out_features), requires_grad=True)

    def forward(self, x):
        return Tensor(x.data @ self.W.data + self.b.data)


class ExtractedSoftmaxAttention:
    """The scores are extracted for a stable softmax: values still learn, queries and keys never do."""

    def __init__(self, d_model):
        self.query = Linear(d_model, d_model, seed=1)
        self.key = Linear(d_model, d_model, seed=2)
        self.value = Linear(d_model, d_model, seed=3)

    def forward(self, x):
        scores = self.query.forward(x) @ self.key.forward(x).swap(-1, -2)
        exponential = np.exp(scores.data - scores.data.max(axis=-1, keepdims=True))
        weights = Tensor(exponential / exponential.sum(axis=-1, keepdims=True))
        return weights @ self.value.forward(x)


class HalfExtractedLayerNorm:
    """The statistics are taken as constants: the gradient arrives everywhere, and is wrong."""

    def __init__(self, features):
        self.gamma = Tensor(np.ones(features), requires_grad=True)
        self.beta = Tensor(np.zeros(features), requires_grad=True)

    def forward(self, x):
        mean = x.data.mean(axis=-1, keepdims=True)
        deviation = np.sqrt(x.data.var(axis=-1, keepdims=True) + 1e-5)
        return self.gamma * ((x - mean) / deviation) + self.beta


class ExtractedResidual:
    """The shortcut goes around the tape: what was before the block gets the gradient of the block alone."""

    def __init__(self, d_model):
        self.norm = LayerNorm(d_model)
        self.attention = MultiHeadAttention(d_model, 2)

    def forward(self, x):
        normed = self.norm.forward(x)
        return self.attention.forward(normed, normed, normed) + x.data


class DetachedEmbedding:
    """Rows are looked up in the array, not in the tensor: the table never learns."""

    def __init__(self, vocab_size, features):
        self.W = Tensor(np.random.default_rng(0).standard_normal((vocab_size, features)), requires_grad=True)

    def forward(self, ids):
        return Tensor(self.W.data[ids], requires_grad=True)
