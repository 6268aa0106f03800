"""Optimizers of arrays: one at a time and returned, in lists, by name, with the state handed to and fro."""

import numpy as np

LEDGER = {
    "StochasticGradientDescent": {"variant": "running mean", "trap": "(w, dw) -> w, an optimizer for each parameter"},
    "Adam": {"variant": "", "trap": "(w, dw) -> w, state made at the first step"},
    "NesterovAcceleratedGradient": {"variant": "", "trap": "asks for the gradient by a function"},
    "RMSProp": {"variant": "", "trap": "a name for each parameter, the same for all shapes"},
    "Momentum": {"variant": "", "trap": "lists of parameters and of gradients"},
    "SGDPairs.SGD": {"variant": "|W|^2", "trap": "pairs; the penalty is l2 |W|^2, whose gradient has a 2"},
    "GradientDescent": {"variant": "", "trap": "the learning rate comes with the step"},
    "AdamState.Adam": {"variant": "", "trap": "m, v and t are the caller's"},
    "Adagrad": {"variant": "every square", "trap": "epsilon is added to every square"},
    "AdamNumbers.Adam": {"variant": "", "trap": "every number but the learning rate is written in the formula"},
}


class StochasticGradientDescent:
    def __init__(self, learning_rate=0.01, momentum=0):
        self.learning_rate, self.momentum, self.w_updt = learning_rate, momentum, None

    def update(self, w, grad_wrt_w):
        if self.w_updt is None:
            self.w_updt = np.zeros(np.shape(w))
        self.w_updt = self.momentum * self.w_updt + (1 - self.momentum) * grad_wrt_w
        return w - self.learning_rate * self.w_updt


class Adam:
    def __init__(self, learning_rate=0.001, b1=0.9, b2=0.999):
        self.learning_rate, self.b1, self.b2, self.eps = learning_rate, b1, b2, 1e-8
        self.m, self.v, self.t = None, None, 0

    def update(self, w, dw):
        if self.m is None:
            self.m, self.v = np.zeros_like(dw), np.zeros_like(dw)
        self.t += 1
        self.m = self.b1 * self.m + (1 - self.b1) * dw
        self.v = self.b2 * self.v + (1 - self.b2) * np.power(dw, 2)
        m_hat = self.m / (1 - np.power(self.b1, self.t))
        v_hat = self.v / (1 - np.power(self.b2, self.t))
        return w - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)


class NesterovAcceleratedGradient:
    def __init__(self, learning_rate=0.001, momentum=0.4):
        self.learning_rate, self.momentum, self.v = learning_rate, momentum, 0.0

    def update(self, w, grad_func):
        g = grad_func(w)
        self.v = self.momentum * self.v + g
        return w - self.learning_rate * (g + self.momentum * self.v)


class RMSProp:
    def __init__(self, lr=0.001, decay=0.9, eps=1e-7):
        self.lr, self.decay, self.eps, self.cache = lr, decay, eps, {}

    def update(self, param, param_grad, param_name):
        cache = self.cache.get(param_name, np.zeros_like(param_grad))
        self.cache[param_name] = self.decay * cache + (1 - self.decay) * param_grad**2
        return param - self.lr * param_grad / (np.sqrt(self.cache[param_name]) + self.eps)


class Momentum:
    def __init__(self, momentum=0.9, lr=0.001):
        self.momentum, self.lr, self.velocity = momentum, lr, None

    def update(self, params, grads):
        if self.velocity is None:
            self.velocity = [np.zeros(p.shape) for p in params]
        for i, (v, p, g) in enumerate(zip(self.velocity, params, grads)):
            v = self.momentum * v - self.lr * g
            p += v
            self.velocity[i] = v


class SGDPairs:
    class SGD:
        def __init__(self, parameters, learning_rate, l2_lambda=0.0):
            self.pairs, self.learning_rate, self.l2_lambda = parameters, learning_rate, l2_lambda

        def update(self):
            for parameter, gradient in self.pairs:
                parameter -= self.learning_rate * (gradient + 2 * self.l2_lambda * parameter)


class GradientDescent:
    def update(self, w, dw, learning_rate):
        return w - learning_rate * dw


class AdamState:
    class Adam:
        def __init__(self, alpha=0.001, beta1=0.9, beta2=0.999, epsilon=1e-9):
            self.alpha, self.beta1, self.beta2, self.epsilon = alpha, beta1, beta2, epsilon

        def update(self, gradient, weights, v, m, t):
            m = self.beta1 * m + (1 - self.beta1) * gradient
            v = self.beta2 * v + (1 - self.beta2) * gradient**2
            m_hat, v_hat = m / (1 - self.beta1**t), v / (1 - self.beta2**t)
            weights = weights - self.alpha * m_hat / (np.sqrt(v_hat) + self.epsilon)
            return weights, v, m


class Adagrad:
    def __init__(self, lr=0.01):
        self.lr, self.s, self.eps = lr, None, 1e-7

    def update(self, params, grads):
        if self.s is None:
            self.s = [np.zeros_like(p) for p in params]
        for p, g, s in zip(params, grads, self.s):
            s += self.eps + g**2
            p -= self.lr / np.sqrt(s) * g


class AdamNumbers:
    class Adam:
        def __init__(self, lr):
            self.lr, self.m, self.v, self.t = lr, 0, 0, 0

        def update(self, w, dw):
            self.t += 1
            self.m = 0.9 * self.m + 0.1 * dw
            self.v = 0.999 * self.v + 0.001 * dw**2
            return w - self.lr * (self.m / (1 - 0.9**self.t)) / (np.sqrt(self.v / (1 - 0.999**self.t)) + 1e-8)
