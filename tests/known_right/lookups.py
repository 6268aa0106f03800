"""Tables of vectors looked up by ids: repeated ids add up, in each of the ways people write it."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "EmbeddingByProduct": {"may_be": ["passed"], "trap": "the gradient is a product with one-hot rows"},
    "EmbeddingByLoop": {"may_be": ["passed"], "trap": "one row at a time, += in Python"},
    "EmbeddingBySorting": {"may_be": ["passed"], "trap": "ids are sorted and their runs summed"},
    "EmbeddingInPlace": {"may_be": ["passed"], "trap": "one gradient array, cleared in every backward"},
    "EmbeddingOfRootWidth": {"may_be": ["passed"], "trap": "forward and backward are scaled"},
    "EmbeddingWithPositions": {"may_be": ["passed"], "trap": "two tables, one of them looked up by place"},
    "EmbeddingBag": {"may_be": ["passed"], "trap": "the mean of the vectors of a sample"},
}


class EmbeddingByProduct:
    def __init__(self, num_embeddings=6, embedding_dim=3):
        self.W = np.random.randn(num_embeddings, embedding_dim)

    def forward(self, ids):
        self.hot = np.eye(len(self.W))[ids]
        return self.hot @ self.W

    def backward(self, grad):
        n, d = self.W.shape
        self.dW = self.hot.reshape(-1, n).T @ grad.reshape(-1, d)


class EmbeddingByLoop(EmbeddingByProduct):
    def forward(self, ids):
        self.ids = ids
        return self.W[ids]

    def backward(self, grad):
        self.dW = np.zeros_like(self.W)
        for i, g in zip(self.ids.ravel(), grad.reshape(-1, grad.shape[-1])):
            self.dW[i] += g


class EmbeddingBySorting(EmbeddingByLoop):
    def backward(self, grad):
        order = np.argsort(self.ids, axis=None, kind="stable")
        ids, rows = self.ids.ravel()[order], grad.reshape(-1, grad.shape[-1])[order]
        first = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]])
        self.dW = np.zeros_like(self.W)
        self.dW[ids[first]] = np.add.reduceat(rows, first, axis=0)


class EmbeddingInPlace(EmbeddingByLoop):
    def __init__(self, num_embeddings=6, embedding_dim=3):
        super().__init__(num_embeddings, embedding_dim)
        self.dW = np.zeros_like(self.W)

    def backward(self, grad):
        self.dW[...] = 0
        np.add.at(self.dW, self.ids, grad)


class EmbeddingOfRootWidth(EmbeddingByLoop):
    def forward(self, ids):
        return super().forward(ids) * self.W.shape[1] ** 0.5

    def backward(self, grad):
        super().backward(grad * self.W.shape[1] ** 0.5)


class EmbeddingWithPositions:
    def __init__(self, vocab_size=6, embedding_dim=3, max_len=16):
        self.W = np.random.randn(vocab_size, embedding_dim)
        self.P = np.random.randn(max_len, embedding_dim)

    def forward(self, ids):
        n, t = ids.shape
        self.ids = ids
        return self.W[ids] + self.P[:t]

    def backward(self, grad):
        self.dW, self.dP = np.zeros_like(self.W), np.zeros_like(self.P)
        np.add.at(self.dW, self.ids, grad)
        self.dP[: grad.shape[1]] = grad.sum(axis=0)


class EmbeddingBag(EmbeddingByLoop):
    def forward(self, ids):
        n, t = ids.shape
        self.ids = ids
        return self.W[ids].mean(axis=1)

    def backward(self, grad):
        n, t = self.ids.shape
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.ids, np.repeat(grad[:, None] / t, t, axis=1))
