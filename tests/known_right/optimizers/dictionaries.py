"""Optimizers of dictionaries: update(params, grads) in place, or returning new ones."""

import numpy as np

LEDGER = {
    "SGD": {"variant": "", "trap": "one line"},
    "Momentum": {"variant": "", "trap": "the learning rate inside the velocity"},
    "MomentumEMA.Momentum": {"variant": "running mean", "trap": "(1 - beta) dW: another scale of the learning rate"},
    "CorrectedMomentum.Momentum": {"variant": "corrected for its start", "trap": "a running mean, corrected"},
    "AdaGrad": {"variant": "", "trap": "epsilon written in the formula"},
    "AdaGradInside.AdaGrad": {"variant": "inside the root", "trap": "epsilon inside the root"},
    "RMSprop": {"variant": "inside the root", "trap": "decay_rate and epsilon inside the root"},
    "RMSpropOnes.RMSprop": {"variant": "begins with 1", "trap": "the mean square begins with 1"},
    "Adam": {"variant": "uncorrected root", "trap": "the corrections are in the learning rate, epsilon beside the root"},
    "AdamReturns.Adam": {"variant": "", "trap": "returns new dictionaries, gradients are named dW1"},
}


class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, {}

    def update(self, params, grads):
        for key in params:
            self.v[key] = self.momentum * self.v.get(key, 0) - self.lr * grads[key]
            params[key] += self.v[key]


class MomentumEMA:
    class Momentum:
        def __init__(self, learning_rate=0.01, beta=0.9):
            self.learning_rate, self.beta, self.v = learning_rate, beta, {}

        def update(self, parameters, gradients):
            for key in parameters:
                self.v[key] = self.beta * self.v.get(key, 0) + (1 - self.beta) * gradients[key]
                parameters[key] = parameters[key] - self.learning_rate * self.v[key]


class CorrectedMomentum:
    class Momentum:
        def __init__(self, learning_rate=0.01, beta=0.9):
            self.learning_rate, self.beta, self.v, self.t = learning_rate, beta, {}, 0

        def update(self, parameters, gradients):
            self.t += 1
            for key in parameters:
                self.v[key] = self.beta * self.v.get(key, 0) + (1 - self.beta) * gradients[key]
                parameters[key] -= self.learning_rate * self.v[key] / (1 - self.beta**self.t)


class AdaGrad:
    def __init__(self, lr=0.01):
        self.lr, self.h = lr, None

    def update(self, params, grads):
        if self.h is None:
            self.h = {key: np.zeros_like(value) for key, value in params.items()}
        for key in params:
            self.h[key] += grads[key] * grads[key]
            params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)


class AdaGradInside:
    class AdaGrad:
        def __init__(self, lr=0.01, eps=1e-6):
            self.lr, self.eps, self.h = lr, eps, {}

        def update(self, params, grads):
            for key in params:
                self.h[key] = self.h.get(key, 0) + grads[key] ** 2
                params[key] -= self.lr / np.sqrt(self.h[key] + self.eps) * grads[key]


class RMSprop:
    def __init__(self, lr=0.01, decay_rate=0.99):
        self.lr, self.decay_rate, self.h = lr, decay_rate, {}

    def update(self, params, grads):
        for key in params:
            self.h[key] = self.decay_rate * self.h.get(key, 0) + (1 - self.decay_rate) * grads[key] ** 2
            params[key] -= self.lr * grads[key] / np.sqrt(self.h[key] + 1e-6)


class RMSpropOnes:
    class RMSprop:
        def __init__(self, lr=0.01, rho=0.9, epsilon=1e-7):
            self.lr, self.rho, self.epsilon, self.h = lr, rho, epsilon, {}

        def update(self, params, grads):
            for key in params:
                h = self.h.get(key, np.ones_like(params[key]))
                self.h[key] = self.rho * h + (1 - self.rho) * grads[key] ** 2
                params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + self.epsilon)


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.iter, self.m, self.v = 0, None, None

    def update(self, params, grads):
        if self.m is None:
            self.m = {key: np.zeros_like(value) for key, value in params.items()}
            self.v = {key: np.zeros_like(value) for key, value in params.items()}
        self.iter += 1
        lr = self.lr * np.sqrt(1.0 - self.beta2**self.iter) / (1.0 - self.beta1**self.iter)
        for key in params:
            self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
            params[key] -= lr * self.m[key] / (np.sqrt(self.v[key]) + 1e-7)


class AdamReturns:
    class Adam:
        def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
            self.learning_rate, self.beta1, self.beta2, self.epsilon = learning_rate, beta1, beta2, epsilon
            self.m, self.v, self.t = {}, {}, 0

        def update(self, parameters, grads):
            self.t += 1
            new = {}
            for key, value in parameters.items():
                g = grads["d" + key]
                self.m[key] = self.beta1 * self.m.get(key, 0) + (1 - self.beta1) * g
                self.v[key] = self.beta2 * self.v.get(key, 0) + (1 - self.beta2) * g * g
                m_hat = self.m[key] / (1 - self.beta1**self.t)
                v_hat = self.v[key] / (1 - self.beta2**self.t)
                new[key] = value - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
            return new
