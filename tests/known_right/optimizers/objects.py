"""Optimizers of objects with `.data` and `.grad`, as home-made tapes have them."""

import numpy as np

LEDGER = {
    "SGD": {"variant": "", "trap": "momentum, dampening, nesterov and decay in one class, as torch has them"},
    "Adam": {"variant": "", "trap": "betas as a pair, state made at the first step, amsgrad"},
    "AdamW": {"variant": "", "trap": "inherits the constructor, decays before the step"},
    "AdamWAfter.AdamW": {"variant": "after the step", "trap": "decays what the step has left"},
    "RMSProp": {"variant": "", "trap": "momentum on top, centred by default off"},
    "Adagrad": {"variant": "", "trap": "a sum that begins with a number of one's own"},
    "NAG": {"variant": "", "trap": "stores where it looks ahead from, and so moves by the old velocity too"},
}


class SGD:
    def __init__(self, params, lr=0.01, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False):
        self.params = list(params)
        self.lr, self.momentum, self.dampening = lr, momentum, dampening
        self.weight_decay, self.nesterov = weight_decay, nesterov
        self.buffers = [None] * len(self.params)

    def zero_grad(self):
        for p in self.params:
            p.grad = np.zeros_like(p.data)

    def step(self):
        for i, p in enumerate(self.params):
            g = p.grad
            if self.weight_decay:
                g = g + self.weight_decay * p.data
            if self.momentum:
                if self.buffers[i] is None:
                    self.buffers[i] = g.copy()
                else:
                    self.buffers[i] = self.momentum * self.buffers[i] + (1 - self.dampening) * g
                g = g + self.momentum * self.buffers[i] if self.nesterov else self.buffers[i]
            p.data = p.data - self.lr * g


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False):
        self.params = list(params)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.weight_decay, self.amsgrad = weight_decay, amsgrad
        self.state = {}
        self.t = 0

    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            s = self.state.setdefault(i, {"m": 0.0, "v": 0.0, "largest": 0.0})
            g = p.grad + self.weight_decay * p.data
            s["m"] = b1 * s["m"] + (1 - b1) * g
            s["v"] = b2 * s["v"] + (1 - b2) * g**2
            v = s["v"]
            if self.amsgrad:
                v = s["largest"] = np.maximum(s["largest"], v)
            root = np.sqrt(v) / np.sqrt(1 - b2**self.t) + self.eps
            p.data -= self.lr / (1 - b1**self.t) * s["m"] / root


class AdamW(Adam):
    def step(self):
        for p in self.params:
            p.data *= 1 - self.lr * self.weight_decay
        decay, self.weight_decay = self.weight_decay, 0.0
        super().step()
        self.weight_decay = decay


class AdamWAfter:
    class AdamW(Adam):
        def step(self):
            decay, self.weight_decay = self.weight_decay, 0.0
            super().step()
            self.weight_decay = decay
            for p in self.params:
                p.data *= 1 - self.lr * self.weight_decay


class RMSProp:
    def __init__(self, params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False):
        self.params = list(params)
        self.lr, self.alpha, self.eps = lr, alpha, eps
        self.weight_decay, self.momentum, self.centered = weight_decay, momentum, centered
        self.square = [np.zeros_like(p.data) for p in self.params]
        self.mean = [np.zeros_like(p.data) for p in self.params]
        self.buffer = [np.zeros_like(p.data) for p in self.params]

    def step(self):
        for i, p in enumerate(self.params):
            g = p.grad + self.weight_decay * p.data
            self.square[i] = self.alpha * self.square[i] + (1 - self.alpha) * g * g
            average = self.square[i]
            if self.centered:
                self.mean[i] = self.alpha * self.mean[i] + (1 - self.alpha) * g
                average = average - self.mean[i] ** 2
            self.buffer[i] = self.momentum * self.buffer[i] + g / (np.sqrt(average) + self.eps)
            p.data -= self.lr * self.buffer[i]


class Adagrad:
    def __init__(self, parameters, learning_rate=0.01, initial_accumulator_value=0.1, epsilon=1e-10):
        self.parameters = parameters
        self.learning_rate, self.epsilon = learning_rate, epsilon
        self.sums = [np.full(p.data.shape, initial_accumulator_value) for p in parameters]

    def step(self):
        for s, p in zip(self.sums, self.parameters):
            s += p.grad**2
            p.data -= self.learning_rate * p.grad / (np.sqrt(s) + self.epsilon)


class NAG:
    def __init__(self, params, lr, momentum=0.9):
        self.params, self.lr, self.momentum = params, lr, momentum
        self.v = [np.zeros_like(p.data) for p in params]

    def step(self):
        for i, p in enumerate(self.params):
            old = self.v[i]
            self.v[i] = self.momentum * old - self.lr * p.grad
            p.data += -self.momentum * old + (1 + self.momentum) * self.v[i]
