"""Two-layer networks that keep parameters and gradients in lists, dictionaries or Parameter objects."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "MLPBiasOfOtherLayer": {
        "check": "gradient",
        "wrt": ["params['b1']"],
        "explanation": "copy_of_another",
        "diagnosis": ["copied"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07}
    },
    "MLPGradientsOutOfOrder": {
        "check": "contract",
        "wrt": ["params[1]", "params[2]"],
        "explanation": "copy_of_another",
        "diagnosis": ["copied"],
        "oracles": [],
        "smallest": {}
    },
    "MLPWeightsExchanged": {
        "check": "gradient",
        "wrt": ["params[0]", "params[1]"],
        "explanation": "copy_of_another",
        "diagnosis": ["copied"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07}
    },
    "MLPFirstLayerFrozen": {
        "check": "gradient",
        "wrt": ["fc1.data"],
        "explanation": "detached",
        "diagnosis": ["never_written"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-07}
    },
}


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class MLPBiasOfOtherLayer:
    """Pasted the line of the second bias for the first; hidden and output sizes happen to be the same."""

    def __init__(self, input_size, hidden_size):
        self.params = {
            "W1": np.random.randn(input_size, hidden_size) * 0.4,
            "b1": np.zeros(hidden_size),
            "W2": np.random.randn(hidden_size, hidden_size) * 0.4,
            "b2": np.zeros(hidden_size),
        }
        self.grads = {}

    def forward(self, x):
        p = self.params
        self.x = x
        self.h = np.tanh(x @ p["W1"] + p["b1"])
        return self.h @ p["W2"] + p["b2"]

    def backward(self, dout):
        p = self.params
        self.grads["W2"] = self.h.T @ dout
        self.grads["b2"] = dout.sum(axis=0)
        dz = (dout @ p["W2"].T) * (1 - self.h**2)
        self.grads["W1"] = self.x.T @ dz
        self.grads["b1"] = dout.sum(axis=0)
        return dz @ p["W1"].T


class MLPGradientsOutOfOrder:
    """Lists its parameters layer by layer but its gradients weights first."""

    def __init__(self, input_size, hidden_size, output_size):
        self.params = [
            np.random.randn(input_size, hidden_size) * 0.4,
            np.zeros(hidden_size),
            np.random.randn(hidden_size, output_size) * 0.4,
            np.zeros(output_size),
        ]
        self.grads = []

    def forward(self, x):
        W1, b1, W2, b2 = self.params
        self.x = x
        self.h = np.tanh(x @ W1 + b1)
        return self.h @ W2 + b2

    def backward(self, dout):
        W1, _, W2, _ = self.params
        dz = (dout @ W2.T) * (1 - self.h**2)
        self.grads = [self.x.T @ dz, self.h.T @ dout, dz.sum(axis=0), dout.sum(axis=0)]
        return dz @ W1.T


class MLPWeightsExchanged:
    """Appends the gradients in the order in which backward meets them, which is the parameters' order reversed."""

    def __init__(self, hidden_size):
        self.params = [np.random.randn(hidden_size, hidden_size) * 0.4 for _ in range(2)]
        self.grads = []

    def forward(self, x):
        W1, W2 = self.params
        self.x = x
        self.h = np.tanh(x @ W1)
        return self.h @ W2

    def backward(self, dout):
        W1, W2 = self.params
        self.grads = [self.h.T @ dout]
        dz = (dout @ W2.T) * (1 - self.h**2)
        self.grads.append(self.x.T @ dz)
        return dz @ W1.T


class MLPFirstLayerFrozen:
    """Froze the first weights for fine-tuning by multiplying their gradient with a switch that is off by default."""

    def __init__(self, input_size, hidden_size, output_size):
        self.fc1 = Parameter(np.random.randn(input_size, hidden_size) * 0.4)
        self.fc2 = Parameter(np.random.randn(hidden_size, output_size) * 0.4)
        self.train_first = 0.0

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.fc1.data)
        return self.h @ self.fc2.data

    def backward(self, grad):
        self.fc2.grad += self.h.T @ grad
        dz = (grad @ self.fc2.data.T) * (1 - self.h**2)
        self.fc1.grad += self.train_first * (self.x.T @ dz)
        return dz @ self.fc1.data.T
