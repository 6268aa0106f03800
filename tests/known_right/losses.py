"""Right losses."""

import numpy as np

LEDGER = {
    "MeanSquaredError": {"may_be": ["passed"], "trap": "mean over all entries, no 1/2"},
    "HalfSquaredError": {"may_be": ["passed"], "trap": "sum, with the 1/2"},
    "TargetFirst": {"may_be": ["passed"], "trap": "forward(pred, target) but backward(target, pred)"},
    "Stateless": {"may_be": ["passed"], "trap": "backward takes what forward took"},
    "MeanAbsoluteError": {"may_be": ["passed", "inconclusive"], "trap": "corners inside one number"},
    "HuberLoss": {"may_be": ["passed"], "trap": "two seams inside one number"},
    "HingeLoss": {"may_be": ["passed", "inconclusive"], "trap": "corners inside one number"},
    "MeanHinge": {"may_be": ["passed", "inconclusive"], "trap": "corners inside one number, labels -1 and 1"},
    "SoftmaxCrossEntropy": {"may_be": ["passed"], "trap": "softmax and loss in one, class numbers"},
    "SoftmaxCrossEntropyOneHot": {"may_be": ["passed"], "trap": "rows of the target must sum to one"},
    "CrossEntropyOfProbabilities": {"may_be": ["passed", "inconclusive"], "trap": "only rows of probabilities"},
    "BinaryCrossEntropy": {"may_be": ["passed", "inconclusive"], "trap": "only numbers between 0 and 1"},
    "BinaryCrossEntropyWithLogits": {"may_be": ["passed"], "trap": "overflow-safe form with a corner that is none"},
    "KLDivergence": {"may_be": ["passed", "inconclusive"], "trap": "only rows of probabilities"},
    "LossPerSample": {"may_be": ["passed"], "trap": "loss is a vector, backward takes an upstream gradient"},
    "StabilisedCrossEntropy": {
        "may_be": ["passed", "inconclusive"],
        "trap": "p - y, also where the constant inside the logarithm outweighs p",
    },
    "ClippedCrossEntropy": {
        "may_be": ["passed", "inconclusive"],
        "trap": "p - y, also where forward clips the logarithm's argument at large inputs",
    },
}


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class MeanSquaredError:
    def forward(self, y_pred, y_true):
        self.diff = y_pred - y_true
        return np.mean(self.diff**2)

    def backward(self):
        return 2 * self.diff / self.diff.size


class HalfSquaredError:
    def forward(self, pred, target):
        self.diff = pred - target
        return 0.5 * np.sum(self.diff**2)

    def backward(self):
        return self.diff


class TargetFirst:
    def forward(self, pred, target):
        return np.mean((pred - target) ** 2)

    def backward(self, target, pred):
        return 2 * (pred - target) / pred.size


class Stateless:
    def forward(self, y_pred, y_true):
        return np.mean(np.log(np.cosh(y_pred - y_true)))

    def backward(self, y_pred, y_true):
        return np.tanh(y_pred - y_true) / y_pred.size


class MeanAbsoluteError:
    def forward(self, y_pred, y_true):
        self.diff = y_pred - y_true
        return np.mean(np.abs(self.diff))

    def backward(self):
        return np.sign(self.diff) / self.diff.size


class HuberLoss:
    def __init__(self, delta=0.5):
        self.delta = delta

    def forward(self, pred, target):
        self.diff = pred - target
        size = np.abs(self.diff)
        inside = 0.5 * self.diff**2
        outside = self.delta * (size - 0.5 * self.delta)
        return np.where(size <= self.delta, inside, outside).mean()

    def backward(self):
        return np.clip(self.diff, -self.delta, self.delta) / self.diff.size


class HingeLoss:
    """Multi-class hinge over scores (batch, classes) with class numbers as labels."""

    def forward(self, scores, labels):
        rows = np.arange(len(labels))
        margins = np.maximum(0, scores - scores[rows, labels][:, None] + 1)
        margins[rows, labels] = 0
        self.open = (margins > 0).astype(float)
        self.labels = labels
        return margins.sum() / len(labels)

    def backward(self):
        rows = np.arange(len(self.labels))
        dscores = self.open.copy()
        dscores[rows, self.labels] -= self.open.sum(axis=1)
        return dscores / len(self.labels)


class MeanHinge:
    def forward(self, y_pred, y_true):
        self.y_true = y_true
        self.open = y_true * y_pred < 1
        return np.maximum(0, 1 - y_true * y_pred).mean()

    def backward(self):
        return -self.y_true * self.open / self.open.size


class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        self.p = softmax(logits)
        self.labels = labels
        return -np.log(self.p[np.arange(len(labels)), labels]).mean()

    def backward(self):
        grad = self.p.copy()
        grad[np.arange(len(self.labels)), self.labels] -= 1
        return grad / len(self.labels)


class SoftmaxCrossEntropyOneHot:
    def forward(self, logits, y_true):
        self.p = softmax(logits)
        self.y_true = y_true
        return -np.sum(y_true * np.log(self.p)) / len(logits)

    def backward(self):
        return (self.p - self.y_true) / len(self.p)


class CrossEntropyOfProbabilities:
    def forward(self, y_pred, y_true):
        self.y_pred = np.clip(y_pred, 1e-12, 1 - 1e-12)
        self.y_true = y_true
        return -np.sum(y_true * np.log(self.y_pred)) / len(y_pred)

    def backward(self):
        return -self.y_true / self.y_pred / len(self.y_pred)


class BinaryCrossEntropy:
    def forward(self, y_pred, y_true):
        self.y_pred, self.y_true = y_pred, y_true
        return -np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))

    def backward(self):
        p, t = self.y_pred, self.y_true
        return (p - t) / (p * (1 - p)) / p.size


class BinaryCrossEntropyWithLogits:
    def forward(self, logits, targets):
        self.logits, self.targets = logits, targets
        stable = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
        return stable.mean()

    def backward(self):
        return (1 / (1 + np.exp(-self.logits)) - self.targets) / self.logits.size


class KLDivergence:
    """sum t log(t / p) over rows of probabilities, mean over the batch."""

    def forward(self, y_pred, y_true):
        self.y_pred, self.y_true = y_pred, y_true
        return np.sum(y_true * (np.log(y_true + 1e-12) - np.log(y_pred))) / len(y_pred)

    def backward(self):
        return -self.y_true / self.y_pred / len(self.y_pred)


class LossPerSample:
    def forward(self, y_pred, y_true):
        self.diff = y_pred - y_true
        return np.mean(self.diff**2, axis=1)

    def backward(self, dout):
        return dout[:, None] * 2 * self.diff / self.diff.shape[1]


class ClippedCrossEntropy:
    def forward(self, logits, y_true):
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.y_true = y_true
        return -np.mean(np.sum(y_true * np.log(np.clip(self.p, 1e-12, 1.0)), axis=1))

    def backward(self):
        return (self.p - self.y_true) / len(self.y_true)


class StabilisedCrossEntropy:
    def forward(self, logits, y_true):
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.y_true = y_true
        return -np.sum(y_true * np.log(self.p + 1e-15)) / len(y_true)

    def backward(self):
        return (self.p - self.y_true) / len(self.y_true)
