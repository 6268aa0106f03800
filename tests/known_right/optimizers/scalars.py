"""Optimizers of a scalar tape: parameters are numbers."""

import math

LEDGER = {
    "Adam": {"variant": "", "trap": "math.sqrt refuses arrays"},
    "GradientDescent": {"variant": "", "trap": "a product of numbers, decayed by the step number outside"},
}


class Adam:
    def __init__(self, parameters, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.parameters = list(parameters)
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = [0.0] * len(self.parameters)
        self.v = [0.0] * len(self.parameters)
        self.t = 0

    def step(self):
        self.t += 1
        for i, p in enumerate(self.parameters):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * p.grad
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * p.grad**2
            m_hat = self.m[i] / (1 - math.pow(self.beta1, self.t))
            v_hat = self.v[i] / (1 - math.pow(self.beta2, self.t))
            p.data -= self.lr * m_hat / (math.sqrt(v_hat) + self.eps)


class GradientDescent:
    def __init__(self, parameters, eta=0.1):
        self.parameters = parameters
        self.eta = eta

    def step(self):
        for p in self.parameters:
            if not math.isnan(p.grad):
                p.data += -self.eta * p.grad
