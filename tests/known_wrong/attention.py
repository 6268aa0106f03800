"""Attention of one head with a causal mask or a mask of padding."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "AttentionScaleForgotten": {
        "check": "gradient",
        "wrt": ["Wk", "Wq", "x"],
        "explanation": "scale",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-07, "reference": 1e-09},
    },
    "AttentionScaleTwice": {
        "check": "gradient",
        "wrt": ["Wk", "Wq", "x"],
        "explanation": "scale",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10},
    },
    "AttentionDiagonalSoftmax": {
        "check": "gradient",
        "wrt": ["Wk", "Wq", "x"],
        "explanation": "missing_term",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "AttentionSoftmaxOverQueries": {
        "check": "gradient",
        "wrt": ["Wk", "Wq", "x"],
        "explanation": "axis",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "AttentionKeysUntransposed": {
        "check": "gradient",
        "wrt": ["Wk", "x"],
        "explanation": "transpose",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "AttentionValuesUntransposed": {
        "check": "gradient",
        "wrt": ["Wv", "x"],
        "explanation": "transpose",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07, "reference": 1e-11},
    },
    "AttentionForgetsValues": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "AttentionForgetsKeys": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "AttentionQueryWeightOfOneSample": {
        "check": "gradient",
        "wrt": ["Wq"],
        "explanation": "one_row",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "AttentionValueWeightMean": {
        "check": "gradient",
        "wrt": ["Wv"],
        "explanation": "scale",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "AttentionExchangesWeights": {
        "check": "gradient",
        "wrt": ["Wk", "Wq"],
        "explanation": "swapped",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10},
    },
    "AttentionFirstWeights": {
        "check": "protocol",
        "wrt": ["Wv", "x"],
        "explanation": "stale_cache",
        "oracles": [],
        "smallest": {},
    },
    "AttentionRecomputesUnshifted": {
        "check": "precision",
        "wrt": ["x"],
        "explanation": "overflow",
        "oracles": [],
        "smallest": {},
    },
    "CausalForgetsMask": {
        "check": "gradient",
        "wrt": ["Wk", "Wq", "x"],
        "explanation": "mask",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08},
    },
    "CausalLooksAhead": {
        "check": "gradient",
        "wrt": ["Wv", "x"],
        "explanation": "mask",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08},
    },
    "CausalLeavesOutTheDiagonal": {
        "check": "gradient",
        "wrt": ["Wk", "Wq", "x"],
        "explanation": "mask",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08},
    },
    "CausalLastPosition": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "boundary",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08},
    },
    "PaddedForgetsMask": {
        "check": "gradient",
        "wrt": ["Wv", "x"],
        "explanation": "mask",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08},
    },
    "PaddedHidesQueries": {
        "check": "gradient",
        "wrt": ["Wk", "Wq", "x"],
        "explanation": "mask",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08},
    },
}


class Attention:
    """Right; the others differ in one method. Shapes: x (batch, time, dim)."""

    def __init__(self, dim=4):
        self.Wq = np.random.randn(dim, dim) * 0.5
        self.Wk = np.random.randn(dim, dim) * 0.5
        self.Wv = np.random.randn(dim, dim) * 0.5

    def hidden(self, scores):
        return np.zeros(scores.shape, dtype=bool)

    def softmax(self, scores):
        scores = np.where(self.hidden(scores), -1e30, scores)
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def forward(self, x):
        n, t, dim = x.shape
        self.x = x
        self.q, self.k, self.v = x @ self.Wq, x @ self.Wk, x @ self.Wv
        self.scale = 1 / np.sqrt(dim)
        self.a = self.softmax(self.q @ self.k.swapaxes(1, 2) * self.scale)
        return self.a @ self.v

    def backward(self, dout):
        dv = self.values(dout)
        ds = self.scores(dout @ self.v.swapaxes(1, 2)) * self.scale
        dq, dk = ds @ self.k, self.keys(ds)
        self.weights(dq, dk, dv)
        return self.inputs(dq, dk, dv)

    def values(self, dout):
        return self.a.swapaxes(1, 2) @ dout

    def keys(self, ds):
        return ds.swapaxes(1, 2) @ self.q

    def scores(self, da):
        return self.a * (da - (da * self.a).sum(axis=-1, keepdims=True))

    def weight(self, d):
        return np.einsum("nti,ntj->ij", self.x, d)

    def weights(self, dq, dk, dv):
        self.dWq, self.dWk, self.dWv = self.weight(dq), self.weight(dk), self.weight(dv)

    def inputs(self, dq, dk, dv):
        return dq @ self.Wq.T + dk @ self.Wk.T + dv @ self.Wv.T


class AttentionScaleForgotten(Attention):
    """The division by the root of the width is in forward only."""

    def scores(self, da):
        return super().scores(da) / self.scale


class AttentionScaleTwice(Attention):
    """And here it is there twice."""

    def scores(self, da):
        return super().scores(da) * self.scale


class AttentionDiagonalSoftmax(Attention):
    """Takes a(1 - a), the diagonal of the Jacobian."""

    def scores(self, da):
        return self.a * (1 - self.a) * da


class AttentionSoftmaxOverQueries(Attention):
    """Sums over the wrong one of the last two axes."""

    def scores(self, da):
        return self.a * (da - (da * self.a).sum(axis=-2, keepdims=True))


class AttentionKeysUntransposed(Attention):
    """As many keys as queries, so nothing fails."""

    def keys(self, ds):
        return ds @ self.q


class AttentionValuesUntransposed(Attention):
    """The same for the values."""

    def values(self, dout):
        return self.a @ dout


class AttentionForgetsValues(Attention):
    """x goes into attention three times, its gradient comes back twice."""

    def inputs(self, dq, dk, dv):
        return dq @ self.Wq.T + dk @ self.Wk.T


class AttentionForgetsKeys(Attention):
    """The same for the keys."""

    def inputs(self, dq, dk, dv):
        return dq @ self.Wq.T + dv @ self.Wv.T


class AttentionQueryWeightOfOneSample(Attention):
    """Was written without a batch axis; the last sample remains."""

    def weights(self, dq, dk, dv):
        super().weights(dq, dk, dv)
        for x, d in zip(self.x, dq):
            self.dWq = x.T @ d


class AttentionValueWeightMean(Attention):
    """A mean over the batch for one of three weights."""

    def weights(self, dq, dk, dv):
        super().weights(dq, dk, dv)
        self.dWv /= len(dv)


class AttentionExchangesWeights(Attention):
    """Two names in the wrong order."""

    def weights(self, dq, dk, dv):
        super().weights(dk, dq, dv)


class AttentionFirstWeights(Attention):
    """Keeps the first attention weights for a picture, and uses them."""

    def values(self, dout):
        if getattr(self, "picture", None) is None or self.picture.shape != self.a.shape:
            self.picture = self.a
        return self.picture.swapaxes(1, 2) @ dout


class AttentionRecomputesUnshifted(Attention):
    """Spares memory by computing the weights again, without the shift that keeps exp finite."""

    def scores(self, da):
        e = np.exp(self.q @ self.k.swapaxes(1, 2) * self.scale)
        a = e / e.sum(axis=-1, keepdims=True)
        return a * (da - (da * a).sum(axis=-1, keepdims=True))


class CausalAttention(Attention):
    """Right: no position sees a later one."""

    def hidden(self, scores):
        t = scores.shape[-1]
        return np.broadcast_to(np.triu(np.ones((t, t), dtype=bool), 1), scores.shape)


class CausalForgetsMask(CausalAttention):
    """Computes the weights again in backward, of all scores."""

    def scores(self, da):
        s = self.q @ self.k.swapaxes(1, 2) * self.scale
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        a = e / e.sum(axis=-1, keepdims=True)
        return a * (da - (da * a).sum(axis=-1, keepdims=True))


class CausalLooksAhead(CausalAttention):
    """Hands the last position's gradient to the values of all positions evenly."""

    def values(self, dout):
        dv = super().values(dout)
        dv[:, :-1] += dout[:, -1:] / dout.shape[1]
        return dv


class CausalLeavesOutTheDiagonal(CausalAttention):
    """The mask of backward is one off: a position does not see itself."""

    def scores(self, da):
        t = da.shape[-1]
        return super().scores(da) * np.tril(np.ones((t, t)), -1)


class CausalLastPosition(CausalAttention):
    """Nothing is predicted from the last position in training, so its gradient is left out."""

    def inputs(self, dq, dk, dv):
        dx = super().inputs(dq, dk, dv)
        dx[:, -1] = 0
        return dx


class PaddedAttention(Attention):
    """Right: the last position of each sequence is padding, and no query sees it."""

    def hidden(self, scores):
        hidden = np.zeros(scores.shape, dtype=bool)
        hidden[..., -1] = True
        return hidden


class PaddedForgetsMask(PaddedAttention):
    """Spreads the gradient of the values over the padding as well."""

    def values(self, dout):
        s = self.q @ self.k.swapaxes(1, 2) * self.scale
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        return (e / e.sum(axis=-1, keepdims=True)).swapaxes(1, 2) @ dout


class PaddedHidesQueries(PaddedAttention):
    """Applies the mask to the queries instead of the keys."""

    def scores(self, da):
        ds = super().scores(da)
        ds[:, -1, :] = 0
        return ds
