"""Two-layer networks in one class, where the mistake sits between the layers."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "MLPResidualForgotten": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_branch",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "MLPHiddenMaskMissing": {
        "check": "gradient",
        "wrt": ["x", "W1", "b1"],
        "explanation": "mask_missing",
        "diagnosis": ["passed_over"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08}
    },
    "MLPDerivativeOfActivated": {
        "check": "gradient",
        "wrt": ["X", "W1", "b1"],
        "explanation": "output_for_input",
        "diagnosis": ["quantity", "local_derivative"],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-07}
    },
    "MLPUpdatesSecondFirst": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x", "W1", "b1"],
        "explanation": "other",
        "diagnosis": ["updated_first"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09}
    },
    "MLPTiedWeightsOverwritten": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "overwritten_not_accumulated",
        "diagnosis": ["constant_operand", "overwritten"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07}
    },
    "MLPBeforeActivation": {
        "check": "gradient",
        "wrt": ["W2"],
        "explanation": "input_for_output",
        "diagnosis": ["quantity"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07}
    },
    "MLPSecondWeightTransposed": {
        "check": "gradient",
        "wrt": ["x", "W1", "b1"],
        "explanation": "transpose",
        "diagnosis": ["turned", "quantity"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "MLPMeanInOneLayer": {
        "check": "gradient",
        "wrt": ["W1", "b1"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "MLPHiddenBiasPerSample": {
        "check": "contract",
        "wrt": ["b1"],
        "explanation": "missing_broadcast_sum",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {}
    },
    "MLPSharedMoments": {
        "check": "determinism",
        "also": ["linearity", "gradient"],
        "wrt": ["W1", "W2"],
        "explanation": "accumulated",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
}


class MLPResidualForgotten:
    """Added the skip connection to forward after backward had been tested."""

    def __init__(self, features, hidden_size):
        self.W1 = np.random.randn(features, hidden_size) * 0.3
        self.b1 = np.zeros(hidden_size)
        self.W2 = np.random.randn(hidden_size, features) * 0.3
        self.b2 = np.zeros(features)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        return x + self.h @ self.W2 + self.b2

    def backward(self, dout):
        self.dW2 = self.h.T @ dout
        self.db2 = dout.sum(axis=0)
        dz = (dout @ self.W2.T) * (1 - self.h**2)
        self.dW1 = self.x.T @ dz
        self.db1 = dz.sum(axis=0)
        return dz @ self.W1.T


class MLPHiddenMaskMissing:
    """Walks back through the second product straight into the first; the rectifier between them is passed over."""

    def __init__(self, input_size, hidden_size, output_size):
        self.W1 = np.random.randn(input_size, hidden_size) * 0.5
        self.b1 = np.zeros(hidden_size)
        self.W2 = np.random.randn(hidden_size, output_size) * 0.5
        self.b2 = np.zeros(output_size)

    def forward(self, x):
        self.x = x
        self.a1 = np.maximum(0, x @ self.W1 + self.b1)
        return self.a1 @ self.W2 + self.b2

    def backward(self, dout):
        self.dW2 = self.a1.T @ dout
        self.db2 = dout.sum(axis=0)
        da1 = dout @ self.W2.T
        self.dW1 = self.x.T @ da1
        self.db1 = da1.sum(axis=0)
        return da1 @ self.W1.T


class MLPDerivativeOfActivated:
    """Hands the hidden activations to a sigmoid derivative that expects what is before the activation."""

    def __init__(self, input_size, hidden_size, output_size):
        self.W1 = np.random.randn(input_size, hidden_size) * 0.5
        self.b1 = np.zeros((1, hidden_size))
        self.W2 = np.random.randn(hidden_size, output_size) * 0.5
        self.b2 = np.zeros((1, output_size))

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def sigmoid_derivative(self, z):
        return self.sigmoid(z) * (1 - self.sigmoid(z))

    def forward(self, X):
        self.X = X
        self.a1 = self.sigmoid(X @ self.W1 + self.b1)
        return self.a1 @ self.W2 + self.b2

    def backward(self, dZ2):
        self.dW2 = self.a1.T @ dZ2
        self.db2 = np.sum(dZ2, axis=0, keepdims=True)
        dZ1 = (dZ2 @ self.W2.T) * self.sigmoid_derivative(self.a1)
        self.dW1 = self.X.T @ dZ1
        self.db1 = np.sum(dZ1, axis=0, keepdims=True)
        return dZ1 @ self.W1.T


class MLPUpdatesSecondFirst:
    """Updates layer by layer from the top, so that the first layer sees the second one's new weights."""

    def __init__(self, input_size, hidden_size, output_size):
        self.W1 = np.random.randn(input_size, hidden_size) * 0.4
        self.b1 = np.zeros(hidden_size)
        self.W2 = np.random.randn(hidden_size, output_size) * 0.4
        self.b2 = np.zeros(output_size)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def backward(self, dout, learning_rate):
        self.W2 = self.W2 - learning_rate * self.h.T @ dout
        self.b2 = self.b2 - learning_rate * dout.sum(axis=0)
        dz = (dout @ self.W2.T) * (1 - self.h**2)
        dx = dz @ self.W1.T
        self.W1 = self.W1 - learning_rate * self.x.T @ dz
        self.b1 = self.b1 - learning_rate * dz.sum(axis=0)
        return dx


class MLPTiedWeightsOverwritten:
    """Uses one weight matrix in both layers and assigns its gradient twice; the second use replaces the first."""

    def __init__(self, hidden_size):
        self.W = np.random.randn(hidden_size, hidden_size) * 0.4
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W)
        return self.h @ self.W

    def backward(self, dout):
        self.dW = self.h.T @ dout
        dz = (dout @ self.W.T) * (1 - self.h**2)
        self.dW = self.x.T @ dz
        return dz @ self.W.T


class MLPBeforeActivation:
    """Caches z1 and a1 and picks the wrong one for the second weights."""

    def __init__(self, input_size, hidden_size, output_size):
        self.W1 = np.random.randn(input_size, hidden_size) * 0.5
        self.b1 = np.zeros(hidden_size)
        self.W2 = np.random.randn(hidden_size, output_size) * 0.5
        self.b2 = np.zeros(output_size)

    def forward(self, x):
        self.x = x
        self.z1 = x @ self.W1 + self.b1
        self.a1 = np.maximum(self.z1, 0)
        return self.a1 @ self.W2 + self.b2

    def backward(self, dout):
        self.dW2 = self.z1.T @ dout
        self.db2 = dout.sum(axis=0)
        dz1 = (dout @ self.W2.T) * (self.z1 > 0)
        self.dW1 = self.x.T @ dz1
        self.db1 = dz1.sum(axis=0)
        return dz1 @ self.W1.T


class MLPSecondWeightTransposed:
    """Left the transpose of the square second matrix out; only the layers below it notice."""

    def __init__(self, input_size, hidden_size):
        self.W1 = np.random.randn(input_size, hidden_size) * 0.4
        self.b1 = np.zeros(hidden_size)
        self.W2 = np.random.randn(hidden_size, hidden_size) * 0.4
        self.b2 = np.zeros(hidden_size)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def backward(self, dout):
        self.dW2 = self.h.T @ dout
        self.db2 = dout.sum(axis=0)
        dz = (dout @ self.W2) * (1 - self.h**2)
        self.dW1 = self.x.T @ dz
        self.db1 = dz.sum(axis=0)
        return dz @ self.W1.T


class MLPMeanInOneLayer:
    """Divides by the batch size in the first layer and not in the second, which was written on another day."""

    def __init__(self, input_size, hidden_size, output_size):
        self.W1 = np.random.randn(input_size, hidden_size) * 0.4
        self.b1 = np.zeros(hidden_size)
        self.W2 = np.random.randn(hidden_size, output_size) * 0.4
        self.b2 = np.zeros(output_size)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def backward(self, dout):
        m = dout.shape[0]
        self.dW2 = self.h.T @ dout
        self.db2 = dout.sum(axis=0)
        dz = (dout @ self.W2.T) * (1 - self.h**2)
        self.dW1 = self.x.T @ dz / m
        self.db1 = dz.sum(axis=0) / m
        return dz @ self.W1.T


class MLPHiddenBiasPerSample:
    """Sums over the batch for the output bias and forgets it for the hidden one."""

    def __init__(self, input_size, hidden_size, output_size):
        self.W1 = np.random.randn(input_size, hidden_size) * 0.4
        self.b1 = np.zeros(hidden_size)
        self.W2 = np.random.randn(hidden_size, output_size) * 0.4
        self.b2 = np.zeros(output_size)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def backward(self, dout):
        self.dW2 = self.h.T @ dout
        self.db2 = dout.sum(axis=0)
        dz = (dout @ self.W2.T) * (1 - self.h**2)
        self.dW1 = self.x.T @ dz
        self.db1 = dz
        return dz @ self.W1.T


class MLPSharedMoments:
    """Smooths its gradients with moments in a mutable default argument, which all networks share."""

    def __init__(self, input_size, hidden_size, output_size):
        self.W1 = np.random.randn(input_size, hidden_size) * 0.4
        self.W2 = np.random.randn(hidden_size, output_size) * 0.4

    def smooth(self, name, grad, moments={}):
        moments[name, grad.shape] = 0.9 * moments.get((name, grad.shape), 0.0) + 0.1 * grad
        return moments[name, grad.shape].copy()

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1)
        return self.h @ self.W2

    def backward(self, dout):
        dz = (dout @ self.W2.T) * (1 - self.h**2)
        self.dW2 = self.smooth("W2", self.h.T @ dout)
        self.dW1 = self.smooth("W1", self.x.T @ dz)
        return dz @ self.W1.T
