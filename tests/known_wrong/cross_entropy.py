"""Softmax and cross-entropy in one, on logits, with one-hot rows or class numbers as targets."""

import numpy as np

LEDGER = {
    "CrossEntropyNotDivided": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "sum_for_mean",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "CrossEntropyDividedTwice": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "CrossEntropyLastClass": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "one_column",
        "diagnosis": ["region", "missing_term"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "CrossEntropyTargetMinusProbability": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "sign",
        "diagnosis": ["sign"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "CrossEntropyOneHotForgotten": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "CrossEntropySoftmaxForgotten": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "missing_term",
        "diagnosis": ["stopped_early"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11}
    },
    "CrossEntropyFirstRow": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "one_row",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "CrossEntropyIntegerBuffer": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "approximation_mismatch",
        "diagnosis": ["never_written"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "CrossEntropyWrongAxis": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "other",
        "diagnosis": ["quantity"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-07, "reference": 1e-09}
    },
    "CrossEntropySmoothingForgotten": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-06, "reference": 1e-09}
    },
    "CrossEntropyLogitsForProbability": {
        "check": "gradient",
        "wrt": ["logits"],
        "explanation": "input_for_output",
        "diagnosis": ["quantity"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
}


def softmax(x, axis=1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


class CrossEntropyNotDivided:
    """Averages the loss over the batch and returns the gradient of the sum."""

    def forward(self, logits, y_true):
        self.p = softmax(logits)
        self.y_true = y_true
        return -np.sum(y_true * np.log(self.p)) / logits.shape[0]

    def backward(self):
        return self.p - self.y_true


class CrossEntropyDividedTwice:
    """Divides by the batch size in the softmax part and once more on the way out."""

    def forward(self, logits, y_true):
        self.p = softmax(logits)
        self.y_true = y_true
        return -np.mean(np.sum(y_true * np.log(self.p), axis=1))

    def backward(self):
        n = self.p.shape[0]
        grad = (self.p - self.y_true) / n
        return grad / n


class CrossEntropyLastClass:
    """Leaves the last column of the targets out of the gradient, as one drops a dummy variable in a regression."""

    def __init__(self, smoothing=0.2):
        self.smoothing = smoothing

    def forward(self, logits, y_true):
        self.p = softmax(logits)
        self.t = (1 - self.smoothing) * y_true + self.smoothing / y_true.shape[1]
        return -np.sum(self.t * np.log(self.p)) / len(logits)

    def backward(self):
        grad = self.p.copy()
        grad[:, :-1] -= self.t[:, :-1]
        return grad / len(grad)


class CrossEntropyTargetMinusProbability:
    """Kept `target - output` from the perceptron rule, whose update adds."""

    def forward(self, logits, y_true):
        self.p = softmax(logits)
        self.y_true = y_true
        return -np.sum(y_true * np.log(self.p))

    def backward(self):
        return self.y_true - self.p


class CrossEntropyOneHotForgotten:
    """Works on a copy for the subtraction and then returns the original probabilities."""

    def forward(self, logits, labels):
        n = logits.shape[0]
        self.p = softmax(logits)
        self.labels = labels
        return -np.log(self.p[np.arange(n), labels]).mean()

    def backward(self):
        n = self.p.shape[0]
        grad = self.p.copy()
        grad[np.arange(n), self.labels] -= 1
        return self.p / n


class CrossEntropySoftmaxForgotten:
    """Differentiates by the probabilities, -t / p, and forgets that forward also took the softmax."""

    def forward(self, logits, y_true):
        self.p = softmax(logits)
        self.y_true = y_true
        return -np.sum(y_true * np.log(self.p)) / logits.shape[0]

    def backward(self):
        return -self.y_true / self.p / self.p.shape[0]


class CrossEntropyFirstRow:
    """Subtracts every label's one from the first row: the 0 stayed from the version for a single sample."""

    def forward(self, logits, labels):
        self.p = softmax(logits)
        self.labels = labels
        return -np.mean(np.log(self.p[np.arange(len(labels)), labels]))

    def backward(self):
        grad = self.p.copy()
        grad[0, self.labels] -= 1
        return grad / len(grad)


class CrossEntropyIntegerBuffer:
    """Fills the gradient into a buffer shaped like the one-hot rows, which are integers: nothing fits in."""

    def forward(self, logits, labels):
        self.p = softmax(logits)
        self.one_hot = np.zeros(logits.shape, dtype=int)
        self.one_hot[np.arange(len(labels)), labels] = 1
        return -np.sum(self.one_hot * np.log(self.p)) / len(labels)

    def backward(self):
        grad = np.zeros_like(self.one_hot)
        grad[...] = self.p - self.one_hot
        return grad / len(grad)


class CrossEntropyWrongAxis:
    """Calls softmax again in backward and leaves the axis at another default than forward's."""

    def forward(self, logits, y_true):
        self.logits = logits
        self.y_true = y_true
        return -np.sum(y_true * np.log(softmax(logits, axis=1))) / len(logits)

    def backward(self):
        return (softmax(self.logits, axis=0) - self.y_true) / len(self.logits)


class CrossEntropySmoothingForgotten:
    """Added label smoothing to the loss when it was all the fashion, and to nothing else."""

    def __init__(self, smoothing=0.1):
        self.smoothing = smoothing

    def forward(self, logits, y_true):
        self.p = softmax(logits)
        self.y_true = y_true
        smooth = (1 - self.smoothing) * y_true + self.smoothing / y_true.shape[1]
        return -np.sum(smooth * np.log(self.p)) / len(logits)

    def backward(self):
        return (self.p - self.y_true) / len(self.p)


class CrossEntropyLogitsForProbability:
    """Subtracts the one-hot rows from the logits; the line was right while the input was called y_hat."""

    def forward(self, logits, y_true):
        self.logits = logits
        self.y_true = y_true
        return -np.mean(np.sum(y_true * np.log(softmax(logits)), axis=1))

    def backward(self):
        return (self.logits - self.y_true) / self.logits.shape[0]
