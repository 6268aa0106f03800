"""Adam and AdamW the ways people get them wrong."""

import numpy as np

LEDGER = {
    "NoCorrection.Adam": {"says": "bias correction of both moments is missing", "story": "the corrections were left for later"},
    "NoSecondCorrection.Adam": {"says": "bias correction of the second moment is missing", "story": "m_hat written, v_hat forgotten"},
    "NoFirstCorrection.Adam": {"says": "bias correction of the first moment is missing", "story": "v_hat written, m_hat forgotten"},
    "ConstantCorrection.Adam": {"says": "bias correction of both moments does not count steps", "story": "1 - beta as on the first step, for ever"},
    "NeverCounts.Adam": {"says": "bias correction of both moments does not count steps", "story": "t is set to 1 and never incremented"},
    "StoredCorrection.Adam": {"says": "corrected moments are stored back", "story": "the corrected moments are written back"},
    "CountsParameters.Adam": {"says": "t counts parameters", "story": "t is incremented in the loop over parameters"},
    "StepAhead.Adam": {"says": "a step ahead", "story": "t begins with 1 and is incremented before its use"},
    "Climbs.Adam": {"says": "climbs the gradient", "story": "plus for minus"},
    "ExchangedBetas.Adam": {"says": "beta1 and beta2 are exchanged", "story": "beta1 and beta2 in each other's place"},
    "MixedMoments.Adam": {"says": "moments are mixed up", "story": "the square went to m"},
    "NoSquare.Adam": {"says": "not its square", "story": "the square of the second moment is missing"},
    "NoRoot.Adam": {"says": "square root of the second moment is missing", "story": "the root is missing"},
    "NoFactor.Adam": {"says": "the second moment lacks its factor", "story": "(1 - beta2) is missing"},
    "ExchangedParts.Adam": {"says": "exchanged in the first moment", "story": "beta1 and 1 - beta1 in each other's place"},
    "SharedState.Adam": {"says": "state of one parameter is used for the next", "story": "one m and one v for all parameters"},
    "ZeroOverZero.Adam": {"says": "a gradient of 0 makes the parameter NaN", "story": "no epsilon: a dead unit becomes NaN"},
    "Coupled.AdamW": {"says": "weight decay is coupled", "story": "AdamW that adds the decay to the gradient"},
    "DecayTwice.Adam": {"says": "weight decay is applied twice", "story": "decays in the gradient and in the parameter"},
    "DecayIgnored.AdamW": {"says": "weight_decay has no effect", "story": "takes weight_decay and forgets it"},
    "DecayGrows.Adam": {"says": "parameters grow", "story": "the decay has the wrong sign"},
    "NoMomentum.Adam": {"says": "the first moment is not used", "story": "the first moment is kept and never used"},
}

class NoCorrection:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                p.data -= self.lr * self.m[i] / (np.sqrt(self.v[i]) + self.eps)


class NoSecondCorrection:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(self.v[i]) + self.eps)


class NoFirstCorrection:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * self.m[i] / (np.sqrt(v_hat) + self.eps)


class ConstantCorrection:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1)
                v_hat = self.v[i] / (1 - self.beta2)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class NeverCounts:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 1

        def step(self):
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class StoredCorrection:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                self.m[i] = self.m[i] / (1 - self.beta1**self.t)
                self.v[i] = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * self.m[i] / (np.sqrt(self.v[i]) + self.eps)


class CountsParameters:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            for i, p in enumerate(self.params):
                self.t += 1
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class StepAhead:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 1

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class Climbs:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data += self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class ExchangedBetas:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta2 * self.m[i] + (1 - self.beta2) * g
                self.v[i] = self.beta1 * self.v[i] + (1 - self.beta1) * g**2
                m_hat = self.m[i] / (1 - self.beta2**self.t)
                v_hat = self.v[i] / (1 - self.beta1**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class MixedMoments:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g**2
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class NoSquare:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class NoRoot:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (v_hat + self.eps)


class NoFactor:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class ExchangedParts:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = (1 - self.beta1) * self.m[i] + self.beta1 * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class SharedState:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[0] = self.beta1 * self.m[0] + (1 - self.beta1) * g
                self.v[0] = self.beta2 * self.v[0] + (1 - self.beta2) * g**2
                m_hat = self.m[0] / (1 - self.beta1**self.t)
                v_hat = self.v[0] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class ZeroOverZero:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat))


class Coupled:
    class AdamW:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.weight_decay = weight_decay
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad + self.weight_decay * p.data
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class DecayTwice:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.weight_decay = weight_decay
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad + self.weight_decay * p.data
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * self.weight_decay * p.data + self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class DecayIgnored:
    class AdamW:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.weight_decay = weight_decay
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class DecayGrows:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.weight_decay = weight_decay
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad - self.weight_decay * p.data
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class NoMomentum:
    class Adam:
        def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            self.params, self.lr, self.beta1, self.beta2, self.eps = list(params), lr, beta1, beta2, eps
            self.m = [np.zeros_like(p.data) for p in self.params]
            self.v = [np.zeros_like(p.data) for p in self.params]
            self.t = 0

        def step(self):
            self.t += 1
            for i, p in enumerate(self.params):
                g = p.grad
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                m_hat = self.m[i] / (1 - self.beta1**self.t)
                v_hat = self.v[i] / (1 - self.beta2**self.t)
                p.data -= self.lr * g / (np.sqrt(v_hat) + self.eps)
