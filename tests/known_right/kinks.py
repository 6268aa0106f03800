"""Right layers with corners, jumps, ties and orderings."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "ReLU": {"may_be": ["passed"], "trap": "corner at zero"},
    "AbsoluteValue": {"may_be": ["passed"], "trap": "corner at zero"},
    "HardTanh": {"may_be": ["passed"], "trap": "two corners"},
    "ELU": {"may_be": ["passed"], "trap": "second derivative jumps at zero"},
    "PReLU": {"may_be": ["passed"], "trap": "learned slope that only closed units feel"},
    "MaxOverFeatures": {"may_be": ["passed"], "trap": "winner takes all"},
    "MaxWithTies": {"may_be": ["passed", "inconclusive"], "trap": "every maximum is tied with its own copy"},
    "SortedFeatures": {"may_be": ["passed"], "trap": "permutation that depends on the input"},
    "DistanceToMedian": {"may_be": ["passed", "inconclusive"], "trap": "one entry of each row sits on the corner"},
    "TiedMedian": {"may_be": ["passed", "inconclusive"], "trap": "odd along every line where all entries are tied"},
    "SortedThrice": {"may_be": ["passed", "inconclusive"], "trap": "every entry is tied with two copies"},
    "Maxout": {"may_be": ["passed"], "trap": "winner takes all among linear pieces"},
    "StepFunction": {"may_be": ["passed", "inconclusive"], "trap": "jump, zero gradient elsewhere"},
    "Rounding": {"may_be": ["passed", "inconclusive"], "trap": "many jumps, zero gradient elsewhere"},
    "Triangle": {"may_be": ["passed", "inconclusive"], "trap": "corners every tenth"},
    "DeadReLU": {"may_be": ["passed", "inconclusive"], "trap": "no unit is ever open"},
    "ShiftedToCorner": {"may_be": ["passed", "inconclusive"], "trap": "every initial input of the corner is zero"},
}


class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return np.where(self.mask, x, 0.0)

    def backward(self, dout):
        return dout * self.mask


class AbsoluteValue:
    def forward(self, x):
        self.x = x
        return np.abs(x)

    def backward(self, grad):
        return grad * np.sign(self.x)


class HardTanh:
    def __init__(self, low=-0.5, high=0.75):
        self.low = low
        self.high = high

    def forward(self, x):
        self.inside = (x > self.low) & (x < self.high)
        return np.clip(x, self.low, self.high)

    def backward(self, grad):
        return grad * self.inside


class ELU:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def backward(self, grad):
        return grad * np.where(self.x > 0, 1.0, self.alpha * np.exp(np.minimum(self.x, 0)))


class PReLU:
    def __init__(self, num_features):
        self.slope = np.full(num_features, 0.25)
        self.dslope = np.zeros(num_features)

    def forward(self, x):
        self.x = x
        return np.maximum(x, 0) + self.slope * np.minimum(x, 0)

    def backward(self, dout):
        axes = tuple(range(dout.ndim - 1))
        self.dslope = (dout * np.minimum(self.x, 0)).sum(axis=axes)
        return dout * np.where(self.x > 0, 1.0, self.slope)


class MaxOverFeatures:
    """Returns the largest feature of each sample."""

    def forward(self, x):
        self.shape = x.shape
        self.winner = x.argmax(axis=-1)
        return x.max(axis=-1)

    def backward(self, dout):
        dx = np.zeros(self.shape)
        np.put_along_axis(dx, self.winner[..., None], dout[..., None], axis=-1)
        return dx


class MaxWithTies:
    """Takes the maximum over the features written twice side by side; the first copy gets the gradient."""

    def forward(self, x):
        self.shape = x.shape
        twice = np.concatenate([x, x], axis=-1)
        self.winner = twice.argmax(axis=-1) % x.shape[-1]
        return twice.max(axis=-1)

    def backward(self, dout):
        dx = np.zeros(self.shape)
        np.put_along_axis(dx, self.winner[..., None], dout[..., None], axis=-1)
        return dx


class SortedFeatures:
    def forward(self, x):
        self.order = np.argsort(x, axis=-1)
        return np.take_along_axis(x, self.order, axis=-1)

    def backward(self, dout):
        dx = np.empty_like(dout)
        np.put_along_axis(dx, self.order, dout, axis=-1)
        return dx


class DistanceToMedian:
    """|x - m| with m the lower median of the row, which is always one of the row's own entries."""

    def forward(self, x):
        order = np.argsort(x, axis=-1)
        self.middle = order[..., [(x.shape[-1] - 1) // 2]]
        self.sign = np.sign(x - np.take_along_axis(x, self.middle, axis=-1))
        return np.abs(x - np.take_along_axis(x, self.middle, axis=-1))

    def backward(self, dout):
        dx = dout * self.sign
        at_middle = np.take_along_axis(dx, self.middle, axis=-1) - dx.sum(axis=-1, keepdims=True)
        np.put_along_axis(dx, self.middle, at_middle, axis=-1)
        return dx


class TiedMedian:
    """The median of each row, the first row being tied throughout."""

    def forward(self, x):
        self.open = np.arange(x.shape[0])[:, None] > 0
        z = x * self.open
        self.order = np.argsort(z, axis=-1, kind="stable")
        return np.median(z, axis=-1)

    def backward(self, dout):
        middle = self.order.shape[1] // 2
        dx = np.zeros(self.order.shape)
        for at in {middle, (self.order.shape[1] - 1) // 2}:
            dx[np.arange(dx.shape[0]), self.order[:, at]] += dout
        return dx * self.open / (1 + (dx.shape[1] % 2 == 0))


class SortedThrice:
    """Sorts the features written three times side by side and adds weights: every entry is tied with two others."""

    def forward(self, x):
        self.shape = x.shape
        self.weights = np.arange(1.0, 3 * x.shape[-1] + 1)
        thrice = np.concatenate([x, x, x], axis=-1)
        self.order = np.argsort(thrice, axis=-1, kind="stable")
        return np.take_along_axis(thrice, self.order, axis=-1) * self.weights

    def backward(self, dout):
        thrice = np.empty_like(dout)
        np.put_along_axis(thrice, self.order, dout * self.weights, axis=-1)
        return thrice.reshape(self.shape[0], 3, self.shape[1]).sum(axis=1)


class Maxout:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(3, in_features, out_features) * 0.5
        self.b = np.zeros((3, 1, out_features))

    def forward(self, x):
        self.x = x
        pieces = x @ self.W + self.b
        self.winner = pieces.argmax(axis=0)
        return pieces.max(axis=0)

    def backward(self, dout):
        chosen = np.arange(3)[:, None, None] == self.winner
        routed = chosen * dout
        self.dW = self.x.T @ routed
        self.db = routed.sum(axis=1, keepdims=True)
        return (routed @ self.W.transpose(0, 2, 1)).sum(axis=0)


class StepFunction:
    def forward(self, x):
        return (x > 0).astype(float)

    def backward(self, dout):
        return np.zeros_like(dout)


class Rounding:
    """Rounds to one decimal: constant between the jumps."""

    def forward(self, x):
        return np.round(x, 1)

    def backward(self, dout):
        return np.zeros_like(dout)


class Triangle:
    """A triangle wave of period 0.2: a corner is never further than 0.05 away."""

    def forward(self, x):
        phase = np.mod(x, 0.2)
        self.slope = np.where(phase < 0.1, 1.0, -1.0)
        return np.minimum(phase, 0.2 - phase)

    def backward(self, dout):
        return dout * self.slope


class DeadReLU:
    def forward(self, x):
        self.mask = (x - 100) > 0
        return np.maximum(x - 100, 0)

    def backward(self, dout):
        return dout * self.mask


class ShiftedToCorner:
    """Weights start at zero, so that every unit starts on the corner of its absolute value."""

    def __init__(self, in_features, out_features):
        self.W = np.zeros((in_features, out_features))
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        self.z = x @ self.W + self.b
        return np.abs(self.z)

    def backward(self, dout):
        dz = dout * np.sign(self.z)
        self.dW = self.x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T
