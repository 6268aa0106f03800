"""Optimizers of layers and of models: gradients stand beside the weights."""

import numpy as np

LEDGER = {
    "Optimizer_SGD": {"variant": "", "trap": "hooks before and after the step, velocity kept on the layer, decay of the rate"},
    "Optimizer_Adam": {"variant": "", "trap": "counts steps in a hook after the step"},
    "SGD": {"variant": "", "trap": "float32 velocity, dLdW"},
    "Adam": {"variant": "inside the root", "trap": "model.layers, epsilon inside the root"},
    "AdamMatrices.Adam": {"variant": "matrices alone", "trap": "weight decay spares biases"},
    "SGDNet.SGD": {"variant": "", "trap": "step(net) with pairs of parameter and gradient"},
}


class Optimizer_SGD:
    def __init__(self, learning_rate=1.0, decay=0.0, momentum=0.0):
        self.learning_rate = self.current_learning_rate = learning_rate
        self.decay, self.momentum, self.iterations = decay, momentum, 0

    def pre_update_params(self):
        if self.decay:
            self.current_learning_rate = self.learning_rate / (1.0 + self.decay * self.iterations)

    def update_params(self, layer):
        if self.momentum:
            if not hasattr(layer, "weight_momentums"):
                layer.weight_momentums = np.zeros_like(layer.weights)
                layer.bias_momentums = np.zeros_like(layer.biases)
            layer.weight_momentums = self.momentum * layer.weight_momentums - self.current_learning_rate * layer.dweights
            layer.bias_momentums = self.momentum * layer.bias_momentums - self.current_learning_rate * layer.dbiases
            layer.weights += layer.weight_momentums
            layer.biases += layer.bias_momentums
        else:
            layer.weights += -self.current_learning_rate * layer.dweights
            layer.biases += -self.current_learning_rate * layer.dbiases

    def post_update_params(self):
        self.iterations += 1


class Optimizer_Adam:
    def __init__(self, learning_rate=0.001, decay=0.0, epsilon=1e-7, beta_1=0.9, beta_2=0.999):
        self.learning_rate, self.epsilon, self.beta_1, self.beta_2 = learning_rate, epsilon, beta_1, beta_2
        self.iterations = 0

    def update_params(self, layer):
        if not hasattr(layer, "weight_cache"):
            layer.weight_momentums, layer.weight_cache = np.zeros_like(layer.weights), np.zeros_like(layer.weights)
            layer.bias_momentums, layer.bias_cache = np.zeros_like(layer.biases), np.zeros_like(layer.biases)
        layer.weight_momentums = self.beta_1 * layer.weight_momentums + (1 - self.beta_1) * layer.dweights
        layer.bias_momentums = self.beta_1 * layer.bias_momentums + (1 - self.beta_1) * layer.dbiases
        layer.weight_cache = self.beta_2 * layer.weight_cache + (1 - self.beta_2) * layer.dweights**2
        layer.bias_cache = self.beta_2 * layer.bias_cache + (1 - self.beta_2) * layer.dbiases**2
        c1 = 1 - self.beta_1 ** (self.iterations + 1)
        c2 = 1 - self.beta_2 ** (self.iterations + 1)
        for name in ("weight", "bias"):
            m, v = getattr(layer, f"{name}_momentums") / c1, getattr(layer, f"{name}_cache") / c2
            held = "weights" if name == "weight" else "biases"
            setattr(layer, held, getattr(layer, held) - self.learning_rate * m / (np.sqrt(v) + self.epsilon))

    def post_update_params(self):
        self.iterations += 1


class SGD:
    def __init__(self, model, lr=0.1, momentum=0):
        self.l, self.lr, self.mu = model.layers, lr, momentum
        self.v_W = [np.zeros(layer.W.shape, dtype="f") for layer in model.layers]
        self.v_b = [np.zeros(layer.b.shape, dtype="f") for layer in model.layers]

    def step(self):
        for i, layer in enumerate(self.l):
            self.v_W[i] = (self.mu * self.v_W[i] + layer.dLdW).astype("f")
            self.v_b[i] = (self.mu * self.v_b[i] + layer.dLdb).astype("f")
            layer.W = layer.W - self.lr * self.v_W[i]
            layer.b = layer.b - self.lr * self.v_b[i]


class Adam:
    def __init__(self, model, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        self.layers, self.lr, self.beta1, self.beta2, self.eps = model.layers, lr, beta1, beta2, eps
        self.t = 0
        self.m = [{"W": 0, "b": 0} for _ in self.layers]
        self.v = [{"W": 0, "b": 0} for _ in self.layers]

    def step(self):
        self.t += 1
        for layer, m, v in zip(self.layers, self.m, self.v):
            for name, g in (("W", layer.dW), ("b", layer.db)):
                m[name] = self.beta1 * m[name] + (1 - self.beta1) * g
                v[name] = self.beta2 * v[name] + (1 - self.beta2) * g**2
                m_hat, v_hat = m[name] / (1 - self.beta1**self.t), v[name] / (1 - self.beta2**self.t)
                setattr(layer, name, getattr(layer, name) - self.lr * m_hat / np.sqrt(v_hat + self.eps))


class AdamMatrices:
    class Adam(Adam):
        def __init__(self, model, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
            super().__init__(model, lr, beta1, beta2, eps)
            self.weight_decay = weight_decay

        def step(self):
            for layer in self.layers:
                layer.dW = layer.dW + self.weight_decay * layer.W
            super().step()


class SGDNet:
    class SGD:
        def __init__(self, lr: float = 0.01) -> None:
            self.lr = lr

        def step(self, net) -> None:
            for param, grad in net.params_and_grads():
                param -= self.lr * grad
