"""Objects whose derivative is not that of their function."""

import numpy as np

LEDGER = {
    "StaticSigmoid": {
        "check": "gradient",
        "wrt": ["z"],
        "explanation": "missing_factor",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11}
    },
    "Swish": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07}
    },
    "ExponentialUnit": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_factor",
        "diagnosis": ["local_derivative", "region", "passed_over"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-12, "finite_difference": 1e-08, "reference": 1e-12}
    },
    "SquaredError": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "sign",
        "diagnosis": ["sign"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08}
    },
    "LogCosh": {
        "check": "gradient",
        "wrt": ["predictions"],
        "explanation": "output_for_input",
        "diagnosis": ["local_derivative", "quantity"],
        "explained": "wrongly",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07}
    },
    "RememberingSigmoid": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "input_for_output",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "SoftPlus": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "output_for_input",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "CategoricalCrossEntropy": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "sum_for_mean",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "RidgePenalty": {
        "check": "gradient",
        "wrt": ["w"],
        "explanation": "missing_factor",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09}
    },
}


class StaticSigmoid:
    """Hands back the value where the derivative is asked for."""

    @staticmethod
    def fn(z):
        return 1 / (1 + np.exp(-z))

    @staticmethod
    def grad(z):
        return 1 / (1 + np.exp(-z))


class Swish:
    """The product rule with one of its two terms."""

    def __init__(self, beta=1.5):
        self.beta = beta

    def function(self, x):
        return x / (1 + np.exp(-self.beta * x))

    def derivative(self, x):
        s = 1 / (1 + np.exp(-self.beta * x))
        return s + x * s * (1 - s)


class ExponentialUnit:
    """Derives the exponential branch without its factor."""

    def __init__(self, alpha=0.1):
        self.alpha = alpha

    def __call__(self, x):
        return np.where(x > 0, x, self.alpha * (np.exp(np.minimum(x, 0)) - 1))

    def gradient(self, x):
        return np.where(x > 0, 1, np.exp(np.minimum(x, 0)))


class SquaredError:
    """The order of the difference was turned round in one place."""

    def loss(self, y, y_pred):
        return 0.5 * np.sum((y - y_pred) ** 2)

    def grad(self, y, y_pred):
        return y - y_pred


class LogCosh:
    """Remembered a hyperbolic function, and the wrong one."""

    def loss(self, predictions, targets):
        return np.log(np.cosh(predictions - targets))

    def derivative(self, predictions, targets):
        return np.sinh(predictions - targets)


class RememberingSigmoid:
    """Keeps the input and treats it as the output."""

    def forward(self, x):
        self.state = x
        return 1 / (1 + np.exp(-x))

    def derivative(self):
        return self.state * (1 - self.state)


class SoftPlus:
    """Takes the hyperbolic tangent for the logistic function."""

    def evaluate(self, x):
        return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)

    def prime(self, x):
        return np.tanh(x)


class CategoricalCrossEntropy:
    """Means the loss over the batch and leaves its gradient a sum."""

    def loss(self, y_true, y_pred):
        return -np.mean(np.sum(y_true * np.log(y_pred), axis=1))

    def gradient(self, y_true, y_pred):
        return -y_true / y_pred


class RidgePenalty:
    """Forgets the weight of the penalty."""

    def __init__(self, alpha=0.1):
        self.alpha = alpha

    def __call__(self, w):
        return 0.5 * self.alpha * np.sum(w**2)

    def grad(self, w):
        return w
