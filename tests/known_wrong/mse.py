"""Squared errors: means and sums, with and without the 1/2."""

import numpy as np

LEDGER = {
    "MSEWithoutHalfDerivedWithHalf": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "MSEWithHalfDerivedWithout": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "MSETargetMinusPrediction": {
        "check": "gradient",
        "wrt": ["pred"],
        "explanation": "sign",
        "diagnosis": ["sign"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "MSESumForMean": {
        "check": "gradient",
        "wrt": ["predictions"],
        "explanation": "sum_for_mean",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-12, "finite_difference": 1e-09, "reference": 1e-12}
    },
    "MSEDividedBySamplesOnly": {
        "check": "gradient",
        "wrt": ["pred"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "MSEMeanForSum": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "MSEArgumentsExchanged": {
        "check": "gradient",
        "wrt": ["pred"],
        "explanation": "sign",
        "diagnosis": ["sign"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "MSEFlattened": {
        "check": "contract",
        "wrt": ["pred"],
        "explanation": "wrong_shape",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {}
    },
    "MSESignOnly": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "missing_term",
        "diagnosis": ["rewritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "MSEUnweighted": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "missing_term",
        "diagnosis": ["passed_over", "scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07}
    },
    "MSEOneOutput": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "one_column",
        "diagnosis": ["region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "MSEFading": {
        "check": "determinism",
        "also": ["gradient"],
        "wrt": ["pred"],
        "explanation": "nondeterministic",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
}


class MSEWithoutHalfDerivedWithHalf:
    """Differentiates 1/2 (p - t)^2 as the book does; the loss that is printed has no 1/2."""

    def forward(self, y_pred, y_true):
        self.y_pred, self.y_true = y_pred, y_true
        return np.mean((y_pred - y_true) ** 2)

    def backward(self):
        return (self.y_pred - self.y_true) / self.y_pred.size


class MSEWithHalfDerivedWithout:
    """Put the 1/2 into forward to make the derivative nicer and left the 2 in the derivative."""

    def forward(self, y_pred, y_true):
        self.diff = y_pred - y_true
        return 0.5 * np.mean(self.diff**2)

    def backward(self):
        return 2 * self.diff / self.diff.size


class MSETargetMinusPrediction:
    """Writes the error as target minus prediction, which the square forgives and the derivative does not."""

    def forward(self, pred, target):
        self.error = target - pred
        return np.mean(self.error**2)

    def backward(self):
        return 2 * self.error / self.error.size


class MSESumForMean:
    """Changed the loss from sum to mean to compare runs with different batch sizes, in forward only."""

    def forward(self, predictions, targets):
        self.predictions = predictions
        self.targets = targets
        return ((predictions - targets) ** 2).mean()

    def backward(self):
        return 2.0 * (self.predictions - self.targets)


class MSEDividedBySamplesOnly:
    """Divides by the number of samples, while np.mean divides by the number of outputs as well."""

    def loss(self, pred, target):
        return np.mean(np.square(pred - target))

    def forward(self, pred, target):
        return self.loss(pred, target)

    def backward(self, pred, target):
        return 2 * (pred - target) / pred.shape[0]


class MSEMeanForSum:
    """Sums over everything in forward and divides in backward to keep the learning rate of the other project."""

    def forward(self, y_pred, y_true):
        self.diff = y_pred - y_true
        return 0.5 * np.sum(self.diff**2)

    def backward(self):
        return self.diff / self.diff.shape[0]


class MSEArgumentsExchanged:
    """Takes forward(pred, target) but backward(target, pred), and mixed the two up in its own formula."""

    def forward(self, pred, target):
        return np.mean((pred - target) ** 2)

    def backward(self, target, pred):
        return 2 * (target - pred) / pred.size


class MSEFlattened:
    """Flattens both sides to be safe against (n,) and (n, 1), and returns the flat gradient."""

    def forward(self, pred, target):
        self.diff = pred.reshape(-1) - target.reshape(-1)
        return np.mean(self.diff**2)

    def backward(self):
        return 2 * self.diff / self.diff.size


class MSESignOnly:
    """Pasted the derivative of the absolute error."""

    def forward(self, y_pred, y_true):
        self.y_pred, self.y_true = y_pred, y_true
        return np.mean((y_pred - y_true) ** 2)

    def backward(self):
        return np.sign(self.y_pred - self.y_true) / self.y_pred.size


class MSEUnweighted:
    """Gave later outputs less weight in forward, for a forecast, and never told backward."""

    def forward(self, y_pred, y_true):
        self.diff = y_pred - y_true
        weights = 0.9 ** np.arange(self.diff.shape[-1])
        return np.mean(weights * self.diff**2)

    def backward(self):
        return 2 * self.diff / self.diff.size


class MSEOneOutput:
    """Written for one output; the assignment to column 0 survived the move to several."""

    def forward(self, y_pred, y_true):
        self.y_pred, self.y_true = y_pred, y_true
        return np.sum((y_pred - y_true) ** 2)

    def backward(self):
        dy = np.zeros_like(self.y_pred)
        dy[..., 0] = 2 * (self.y_pred[..., 0] - self.y_true[..., 0])
        return dy


class MSEFading:
    """Lets the gradient fade with the number of calls, counted on the class instead of in the schedule."""

    calls = 0

    def forward(self, pred, target):
        self.diff = pred - target
        return np.mean(self.diff**2)

    def backward(self):
        MSEFading.calls += 1
        return 2 * self.diff / self.diff.size / (1 + 0.01 * MSEFading.calls)
