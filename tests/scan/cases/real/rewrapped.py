"""A home-made framework, not all of it given: its tensor lives in a file that is missing."""
import numpy as np

from core.tensor import Tensor


class ResidualBlock:
    def forward(self, x):
        h = self.second(self.first(x))
        return Tensor(x.data + h.data, requires_grad=x.requires_grad or h.requires_grad)  # GRC002


class SqueezeExcite:
    def forward(self, x):
        squeezed = Tensor(x.data.mean(axis=(2, 3)), requires_grad=x.requires_grad)  # GRC002
        gate = self.expand(self.reduce(squeezed))
        return Tensor(x.data * gate.data[:, :, None, None], requires_grad=x.requires_grad)  # GRC002


class DropPath:
    def forward(self, x):
        if not self.training:
            return x
        keep = np.random.rand(x.shape[0], 1) > self.rate
        return Tensor(x.data * keep / (1 - self.rate), requires_grad=x.requires_grad)  # GRC002


class Attention:
    def forward(self, x):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = np.matmul(q.data, np.swapaxes(k.data, -2, -1)) / self.scale
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        return Tensor(np.matmul(weights, v.data), requires_grad=True)  # GRC001


def info_nce_loss(a, b):
    similarity = a.data @ b.data.T
    return Tensor(-np.log(np.diag(similarity)).mean())  # GRC001
