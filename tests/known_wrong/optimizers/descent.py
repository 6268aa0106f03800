"""Descent, AdaGrad and RMSProp the ways people get them wrong."""

import numpy as np

LEDGER = {
    "LostVelocity.SGD": {"says": "momentum has no effect", "story": "the velocity is made anew at each step"},
    "RateTwice.Momentum": {"says": "the learning rate enters twice", "story": "the learning rate in the velocity and in the step"},
    "OpposedVelocity.Momentum": {"says": "the kept velocity has the wrong sign", "story": "signs of two textbooks mixed"},
    "Copies.SGD": {"says": "no parameter moved", "story": "p = p - ... binds a name and changes no array"},
    "ForgottenBias.SGD": {"says": "b did not move", "story": "the line for the bias is missing"},
    "ClassicalNesterov.Nesterov": {"says": "it is classical momentum", "story": "looks ahead in the name only"},
    "AheadWithoutMomentum.Nesterov": {"says": "without momentum", "story": "adds the whole velocity to the gradient"},
    "ForgetfulAdaGrad.AdaGrad": {"says": "squares are not accumulated", "story": "= where += was meant"},
    "RootlessAdaGrad.AdaGrad": {"says": "the square root is missing", "story": "divides by the sum of squares itself"},
    "EndlessRMSProp.RMSProp": {"says": "never forgets", "story": "a sum of squares, as in AdaGrad"},
    "ExchangedRMSProp.RMSProp": {"says": "exchanged", "story": "decay_rate and 1 - decay_rate in each other's place"},
    "HalfStep.SGD": {"says": "every step is 0.5 times", "story": "a half left over from a squared loss"},
}

class LostVelocity:
    class SGD:
        def __init__(self, params, lr=0.01, momentum=0.9):
            self.params, self.lr, self.momentum = params, lr, momentum

        def step(self):
            for p in self.params:
                v = np.zeros_like(p.data)
                v = self.momentum * v + p.grad
                p.data -= self.lr * v


class RateTwice:
    class Momentum:
        def __init__(self, lr=0.01, momentum=0.9):
            self.lr, self.momentum, self.v = lr, momentum, {}

        def update(self, params, grads):
            for key in params:
                self.v[key] = self.momentum * self.v.get(key, 0) + self.lr * grads[key]
                params[key] -= self.lr * self.v[key]


class OpposedVelocity:
    class Momentum:
        def __init__(self, lr=0.01, momentum=0.9):
            self.lr, self.momentum, self.v = lr, momentum, {}

        def update(self, params, grads):
            for key in params:
                self.v[key] = self.momentum * self.v.get(key, 0) + self.lr * grads[key]
                self.v[key] = -self.v[key]
                params[key] += self.v[key]


class Copies:
    class SGD:
        def __init__(self, lr=0.01):
            self.lr = lr

        def update(self, params, grads):
            for p, g in zip(params, grads):
                p = p - self.lr * g


class ForgottenBias:
    class SGD:
        def __init__(self, model, lr=0.1, momentum=0.9):
            self.layers, self.lr, self.mu = model.layers, lr, momentum
            self.v = [[np.zeros_like(layer.W), np.zeros_like(layer.b)] for layer in self.layers]

        def step(self):
            for layer, v in zip(self.layers, self.v):
                v[0] = self.mu * v[0] + layer.dW
                v[1] = self.mu * v[1] + layer.db
                layer.W = layer.W - self.lr * v[0]


class ClassicalNesterov:
    class Nesterov:
        def __init__(self, lr=0.01, momentum=0.9):
            self.lr, self.momentum, self.v = lr, momentum, {}

        def update(self, params, grads):
            for key in params:
                self.v[key] = self.momentum * self.v.get(key, 0) - self.lr * grads[key]
                params[key] += self.v[key]


class AheadWithoutMomentum:
    class Nesterov:
        def __init__(self, lr=0.01, momentum=0.9):
            self.lr, self.momentum, self.v = lr, momentum, {}

        def update(self, params, grads):
            for key in params:
                self.v[key] = self.momentum * self.v.get(key, 0) + grads[key]
                params[key] -= self.lr * (grads[key] + self.v[key])


class ForgetfulAdaGrad:
    class AdaGrad:
        def __init__(self, lr=0.01, eps=1e-8):
            self.lr, self.eps, self.h = lr, eps, {}

        def update(self, params, grads):
            for key in params:
                self.h[key] = grads[key] ** 2
                params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + self.eps)


class RootlessAdaGrad:
    class AdaGrad:
        def __init__(self, lr=0.01, eps=1e-8):
            self.lr, self.eps, self.h = lr, eps, {}

        def update(self, params, grads):
            for key in params:
                self.h[key] = self.h.get(key, 0) + grads[key] ** 2
                params[key] -= self.lr * grads[key] / (self.h[key] + self.eps)


class EndlessRMSProp:
    class RMSProp:
        def __init__(self, lr=0.01, decay_rate=0.99, eps=1e-8):
            self.lr, self.decay_rate, self.eps, self.h = lr, decay_rate, eps, {}

        def update(self, params, grads):
            for key in params:
                self.h[key] = self.h.get(key, 0) + grads[key] ** 2
                params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + self.eps)


class ExchangedRMSProp:
    class RMSProp:
        def __init__(self, lr=0.01, decay_rate=0.99, eps=1e-8):
            self.lr, self.decay_rate, self.eps, self.h = lr, decay_rate, eps, {}

        def update(self, params, grads):
            for key in params:
                self.h[key] = (1 - self.decay_rate) * self.h.get(key, 0) + self.decay_rate * grads[key] ** 2
                params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + self.eps)


class HalfStep:
    class SGD:
        def __init__(self, learning_rate=0.01):
            self.learning_rate = learning_rate

        def update(self, w, dw):
            return w - 0.5 * self.learning_rate * dw
