"""Right objects with a function and its derivative, under the names people give the two."""

import numpy as np

LEDGER = {
    "StaticSigmoid": {"may_be": ["passed"], "trap": "static methods"},
    "CalledTanh": {"may_be": ["passed"], "trap": "the function is the call"},
    "Swish": {"may_be": ["passed"], "trap": "a setting in the constructor"},
    "LeakyRectifier": {"may_be": ["passed"], "trap": "corner at zero"},
    "SquaredError": {"may_be": ["passed"], "trap": "the target comes first"},
    "CategoricalCrossEntropy": {"may_be": ["passed"], "trap": "only for probabilities"},
    "LogisticOfOutput": {"may_be": ["passed"], "trap": "a derivative of the output under the name of an input"},
    "RememberingTanh": {"may_be": ["passed"], "trap": "its derivative takes nothing and remembers"},
    "MaybeRemembering": {"may_be": ["passed"], "trap": "its derivative may do without its argument"},
    "LogCosh": {"may_be": ["passed"], "trap": "one answer per entry, differentiates their mean"},
    "SoftPlus": {"may_be": ["passed"], "trap": "class methods"},
    "Gaussian": {"may_be": ["passed"], "trap": "inherited from a base that calls it"},
    "RidgePenalty": {"may_be": ["passed"], "trap": "a number of the weights"},
    "TinyNetwork": {"may_be": ["passed"], "trap": "gradients of its own weights, none of its input"},
}


class StaticSigmoid:
    @staticmethod
    def fn(z):
        return 1 / (1 + np.exp(-z))

    @staticmethod
    def grad(z):
        s = StaticSigmoid.fn(z)
        return s * (1 - s)


class CalledTanh:
    def __call__(self, x):
        return np.tanh(x)

    def gradient(self, x):
        return 1 - np.tanh(x) ** 2


class Swish:
    def __init__(self, beta=1.5):
        self.beta = beta

    def function(self, x):
        return x / (1 + np.exp(-self.beta * x))

    def derivative(self, x):
        s = 1 / (1 + np.exp(-self.beta * x))
        return s + self.beta * x * s * (1 - s)


class LeakyRectifier:
    def __init__(self, alpha=0.1):
        self.alpha = alpha

    def f(self, x):
        return np.where(x > 0, x, self.alpha * x)

    def df(self, x):
        return np.where(x > 0, 1.0, self.alpha)


class SquaredError:
    def loss(self, y, y_pred):
        return 0.5 * np.sum((y_pred - y) ** 2)

    def grad(self, y, y_pred):
        return y_pred - y


class CategoricalCrossEntropy:
    def loss(self, y_true, y_pred):
        return -np.mean(np.sum(y_true * np.log(y_pred), axis=1))

    def gradient(self, y_true, y_pred):
        return -y_true / y_pred / len(y_true)


class LogisticOfOutput:
    def activation(self, x):
        return 1 / (1 + np.exp(-x))

    def activation_prime(self, x):
        return x * (1 - x)


class RememberingTanh:
    def forward(self, x):
        self.state = np.tanh(x)
        return self.state

    def derivative(self):
        return 1 - self.state**2


class MaybeRemembering:
    def __init__(self):
        self.last = None

    def call(self, x):
        self.last = np.arctan(x)
        return self.last

    def derivative(self, x=None):
        value = self.call(x) if x else self.last
        return np.cos(value) ** 2


class LogCosh:
    def loss(self, predictions, targets):
        return np.log(np.cosh(predictions - targets))

    def derivative(self, predictions, targets):
        return np.tanh(predictions - targets) / predictions.size


class SoftPlus:
    @classmethod
    def evaluate(cls, x):
        return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)

    @classmethod
    def prime(cls, x):
        return 1 / (1 + np.exp(-x))


class Activation:
    def __call__(self, z):
        return self.fn(z)

    def fn(self, z):
        raise NotImplementedError

    def grad(self, z):
        raise NotImplementedError


class Gaussian(Activation):
    def fn(self, z):
        return np.exp(-(z**2))

    def grad(self, z):
        return -2 * z * self.fn(z)


class RidgePenalty:
    def __init__(self, alpha=0.1):
        self.alpha = alpha

    def __call__(self, w):
        return 0.5 * self.alpha * np.sum(w**2)

    def grad(self, w):
        return self.alpha * w


class TinyNetwork:
    def __init__(self, input_size, hidden_size, output_size):
        draw = np.random.default_rng(0).normal
        self.params = {"W1": draw(size=(input_size, hidden_size)), "W2": draw(size=(hidden_size, output_size))}

    def loss(self, x, t):
        self.h = np.tanh(x @ self.params["W1"])
        return 0.5 * np.sum((self.h @ self.params["W2"] - t) ** 2)

    def gradient(self, x, t):
        self.loss(x, t)
        dy = self.h @ self.params["W2"] - t
        dh = dy @ self.params["W2"].T * (1 - self.h**2)
        return {"W1": x.T @ dh, "W2": self.h.T @ dy}
