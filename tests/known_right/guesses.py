"""Right layers that a careless guess at their inputs, or a careless copy, makes look wrong."""
# ruff: noqa: NPY002

import numpy as np

LEDGER = {
    "VectorDense": {"may_be": ["passed"], "trap": "takes one vector; a matrix is accepted and means something else"},
    "VectorScale": {"may_be": ["passed"], "trap": "takes one vector; a matrix broadcasts"},
    "VectorCell": {"may_be": ["passed"], "trap": "takes two vectors and answers with their gradients as rows"},
    "VectorNorm": {"may_be": ["passed", "inconclusive"], "trap": "v @ v is another function of a matrix"},
    "FlatBuffer": {"may_be": ["passed"], "trap": "parameters and gradients are views into one buffer"},
    "OneHotTarget": {"may_be": ["passed"], "trap": "the target y is one-hot; a column of it broadcasts"},
    "SignedTarget": {"may_be": ["passed", "inconclusive"], "trap": "labels of -1 and 1"},
    "DecayedDense": {"may_be": ["inconclusive"], "trap": "the gradient carries a weight decay that forward has not"},
    "SquaresByRow": {"may_be": ["passed"], "trap": "one weight a row; a matrix of them broadcasts"},
    "KeptRows": {"may_be": ["passed"], "trap": "a mask over the rows; one over the entries is accepted"},
    "TupleOfParameters": {"may_be": ["passed"], "trap": "float32 parameters held in a tuple as well"},
    "WeightedMix": {"may_be": ["passed"], "trap": "takes as many inputs as it was told of"},
    "PupilLoss": {"may_be": ["passed"], "trap": "the target is a distribution; its gradient fits no other"},
    "MaskedSteps": {"may_be": ["passed"], "trap": "needs a mask over the steps, which others may leave out"},
}


class VectorDense:
    """W @ x of one vector, the gradient an outer product."""

    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in)

    def forward(self, x):
        self.x = x
        return self.W @ x

    def backward(self, dy):
        self.dW = np.outer(dy, self.x)
        return self.W.T @ dy


class VectorScale:
    """One factor per feature of one vector."""

    def __init__(self, dim):
        self.w = np.random.randn(dim)

    def forward(self, x):
        self.x = x
        return x * self.w

    def backward(self, dy):
        self.dw = dy * self.x
        return dy * self.w


class VectorCell:
    """One step of one sequence, as course hand-outs write it: columns are wanted, rows are returned."""

    def __init__(self, input_dim, hidden_dim):
        self.d, self.h = input_dim, hidden_dim
        self.Wx, self.Wh = np.random.randn(hidden_dim, input_dim), np.random.randn(hidden_dim, hidden_dim)
        self.b = np.random.randn(hidden_dim)

    def forward(self, x, h_prev):
        assert x.shape == (self.d,)
        assert h_prev.shape == (self.h,)
        self.x, self.h_prev = x, h_prev
        self.h_next = np.tanh(self.Wx @ x + self.Wh @ h_prev + self.b)
        return self.h_next

    def backward(self, delta):
        dz = delta * (1.0 - self.h_next**2)
        self.dWx, self.dWh, self.db = np.outer(dz, self.x), np.outer(dz, self.h_prev), dz
        return dz[None] @ self.Wx, dz[None] @ self.Wh


class VectorNorm:
    """The length of one vector."""

    def forward(self, v):
        self.v, self.length = v, np.sqrt(v @ v)
        return self.length

    def backward(self, dy):
        return dy * self.v / self.length


class FlatBuffer:
    """Weights and gradients are windows of one flat array each, as optimizers like them."""

    def __init__(self, dim=5):
        self.flat = np.random.randn(dim * dim + dim)
        self.flat_gradient = np.zeros_like(self.flat)
        self.W = self.flat[: dim * dim].reshape(dim, dim)
        self.b = self.flat[dim * dim :]
        self.dW = self.flat_gradient[: dim * dim].reshape(dim, dim)
        self.db = self.flat_gradient[dim * dim :]

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW[...] = self.x.T @ dy
        self.db[...] = dy.sum(axis=0)
        return dy @ self.W.T


class OneHotTarget:
    """Cross-entropy of logits and one-hot rows that are called y."""

    def forward(self, x, y):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p, self.y = e / e.sum(axis=1, keepdims=True), y
        return -np.sum(y * np.log(self.p)) / len(x)

    def backward(self):
        return (self.p - self.y) / len(self.y)


class SignedTarget:
    """The squared error of scores against labels of -1 and 1, per entry."""

    def forward(self, scores, Y):
        self.difference = scores - Y
        return np.sum(self.difference**2) / self.difference.size

    def backward(self):
        return 2 * self.difference / self.difference.size


class DecayedDense:
    """Adds lam * W to the gradient, as if the penalty were part of the loss."""

    def __init__(self, n_in, n_out, lam=0.01):
        self.W, self.lam = np.random.randn(n_in, n_out), lam

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dy):
        self.dW = self.x.T @ dy + self.lam * self.W
        return dy @ self.W.T


class TupleOfParameters:
    """Keeps its float32 parameters in a tuple beside the attributes."""

    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out).astype(np.float32)
        self.b = np.zeros(n_out, dtype=np.float32)
        self.parameters = (self.W, self.b)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW, self.db = self.x.T @ dy, dy.sum(axis=0)
        return dy @ self.W.T


class SquaresByRow:
    """The mean of squares, each row with a weight of its own."""

    def forward(self, pred, target, weight):
        self.off, self.weight = pred - target, weight
        return float(np.sum(weight[:, None] * self.off**2) / pred.size)

    def backward(self):
        return 2.0 * self.weight[:, None] * self.off / self.off.size


class KeptRows:
    """Rows that the mask leaves out are set to nothing."""

    def forward(self, x, mask):
        self.mask = mask.astype(bool)
        return np.where(self.mask[:, None], x, 0.0)

    def backward(self, grad):
        gradient = np.zeros_like(grad)
        gradient[self.mask] = grad[self.mask]
        return gradient


class WeightedMix:
    """Adds up its inputs, each times a weight that is learned."""

    def __init__(self, num_inputs=3):
        self.w = np.ones(num_inputs)

    def forward(self, *inputs):
        self.inputs = inputs
        return sum(w * x for w, x in zip(self.w, inputs, strict=True))

    def backward(self, dout):
        self.dw = np.array([np.sum(dout * x) for x in self.inputs])
        return tuple(w * dout for w in self.w)


class PupilLoss:
    """The entropy of its softmax against what a teacher answers."""

    def forward(self, student, teacher):
        e = np.exp(student - student.max(axis=1, keepdims=True))
        self.s, self.teacher = e / e.sum(axis=1, keepdims=True), teacher
        return -np.sum(teacher * np.log(self.s)) / len(student)

    def backward(self):
        return (self.s - self.teacher) / len(self.s)


class MaskedSteps:
    """The mean of each sequence over the steps that its mask counts."""

    def forward(self, x, mask):
        n, steps, width = x.shape
        self.share = mask[:, :steps, None] / np.maximum(mask.sum(axis=1), 1).reshape(n, 1, 1)
        return np.sum(self.share * x, axis=1).reshape(n, width)

    def backward(self, dout):
        return self.share * dout[:, None, :]
