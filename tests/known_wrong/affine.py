"""Affine layers with other places for their gradients: lists, dicts, Parameter objects, returned tuples."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "AffineThousandth": {
        "check": "gradient",
        "wrt": ["params[0]"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-08, "finite_difference": 1e-04, "reference": 1e-08}
    },
    "AffineHundredThousandth": {
        "check": "gradient",
        "wrt": ["params[0]"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-06, "finite_difference": 1e-02, "reference": 1e-06}
    },
    "AffineBatchDividedInput": {
        "check": "gradient",
        "wrt": ["inputs"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "AffineHalfPrecision": {
        "check": "gradient",
        "wrt": ["X"],
        "explanation": "approximation_mismatch",
        "diagnosis": ["rounded"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-07, "finite_difference": 1e-04, "reference": 1e-07}
    },
    "AffineClippedGradient": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["params['W']"],
        "explanation": "nonlinear",
        "diagnosis": ["rewritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07, "reference": 1e-11}
    },
    "AffineNormalisedUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x", "weight.data", "bias.data"],
        "explanation": "nonlinear",
        "diagnosis": ["upstream"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "AffineWeightOverwrittenByBias": {
        "check": "gradient",
        "wrt": ["bias.data"],
        "explanation": "copy_of_another",
        "diagnosis": ["copied"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "AffineNegatedEverything": {
        "check": "gradient",
        "wrt": ["x", "weight", "bias"],
        "explanation": "sign",
        "diagnosis": ["sign"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11}
    },
    "AffineStaleTranspose": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "stale",
        "diagnosis": ["stale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "AffineStaleTransposeOnClass": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "stale",
        "diagnosis": ["stale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "AffineInputDetached": {
        "check": "gradient",
        "wrt": ["A"],
        "explanation": "detached",
        "diagnosis": ["never_written"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "AffineSharedVelocity": {
        "check": "determinism",
        "also": ["linearity", "gradient"],
        "wrt": ["W"],
        "explanation": "accumulated",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "AffineWeightMean": {
        "check": "gradient",
        "wrt": ["weights"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
}


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class AffineThousandth:
    """Multiplies the weight gradient by 1 - decay, believing that this is what weight decay does."""

    def __init__(self, in_features, out_features, decay=1e-3):
        self.params = [np.random.randn(in_features, out_features) * 0.3, np.zeros(out_features)]
        self.grads = [np.zeros_like(p) for p in self.params]
        self.decay = decay

    def forward(self, x):
        W, b = self.params
        self.x = x
        return x @ W + b

    def backward(self, dout):
        W, _ = self.params
        self.grads[0][...] = (1 - self.decay) * (self.x.T @ dout)
        self.grads[1][...] = dout.sum(axis=0)
        return dout @ W.T


class AffineHundredThousandth:
    """Divides by 1 + eps with eps = 1e-5, an epsilon put there so that nothing could ever be divided by zero."""

    def __init__(self, in_features, out_features):
        self.params = [np.random.randn(in_features, out_features) * 0.3, np.zeros(out_features)]
        self.grads = [np.zeros_like(p) for p in self.params]
        self.eps = 1e-5

    def forward(self, x):
        W, b = self.params
        self.x = x
        return np.dot(x, W) + b

    def backward(self, dout):
        W, _ = self.params
        self.grads[0][...] = np.dot(self.x.T, dout) / (1 + self.eps)
        self.grads[1][...] = np.sum(dout, axis=0)
        return np.dot(dout, W.T)


class AffineBatchDividedInput:
    """Averages the gradient handed down over the batch, once more in each layer; the parameters are sums."""

    def __init__(self, n_inputs, n_neurons):
        self.weights = 0.3 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases
        return self.output

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T) / len(dvalues)
        return self.dinputs


class AffineHalfPrecision:
    """Rounds the weights to half precision on the way back to save memory and never measured what it costs."""

    def __init__(self, input_size, output_size):
        self.W = np.random.randn(input_size, output_size) * 0.3
        self.b = np.zeros(output_size)

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, dY):
        self.dW = self.X.T @ dY
        self.db = dY.sum(axis=0)
        return dY @ self.W.astype(np.float16).astype(dY.dtype).T


class AffineClippedGradient:
    """Clips the weight gradient inside the layer after the training had exploded once."""

    def __init__(self, in_features, out_features):
        self.params = {"W": np.random.randn(in_features, out_features) * 0.3, "b": np.zeros(out_features)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, grad):
        self.grads["W"] = np.clip(self.x.T @ grad, -0.5, 0.5)
        self.grads["b"] = grad.sum(axis=0)
        return grad @ self.params["W"].T


class AffineNormalisedUpstream:
    """Divides the upstream gradient by its norm, so that deep stacks neither vanish nor explode."""

    def __init__(self, in_features, out_features):
        self.weight = Parameter(np.random.randn(out_features, in_features) * 0.3)
        self.bias = Parameter(np.zeros(out_features))

    def forward(self, x):
        self.x = x
        return x @ self.weight.data.T + self.bias.data

    def backward(self, grad_output):
        grad_output = grad_output / (np.linalg.norm(grad_output) + 1e-12)
        self.weight.grad += grad_output.T @ self.x
        self.bias.grad += grad_output.sum(axis=0)
        return grad_output @ self.weight.data


class AffineWeightOverwrittenByBias:
    """Pasted the weight line, changed the target to the bias and then only the shape: row sums of dW."""

    def __init__(self, in_features, out_features):
        self.weight = Parameter(np.random.randn(out_features, in_features) * 0.3)
        self.bias = Parameter(np.zeros(out_features))

    def forward(self, x):
        self.x = x
        return x @ self.weight.data.T + self.bias.data

    def backward(self, grad_output):
        self.weight.grad += grad_output.T @ self.x
        self.bias.grad += (grad_output.T @ self.x).sum(axis=1)
        return grad_output @ self.weight.data


class AffineNegatedEverything:
    """Stores the step instead of the gradient: minus signs everywhere, so that the optimizer may add."""

    def __init__(self, in_features, out_features):
        self.weight = np.random.randn(out_features, in_features) * 0.3
        self.bias = np.zeros(out_features)
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_bias = np.zeros_like(self.bias)

    def forward(self, x):
        self.x = x
        return x @ self.weight.T + self.bias

    def backward(self, grad_output):
        self.grad_weight = -(grad_output.T @ self.x)
        self.grad_bias = -grad_output.sum(axis=0)
        return -(grad_output @ self.weight)


class AffineStaleTranspose:
    """Keeps a transposed copy of the weights for a faster backward and never refreshes it after an update."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.W_transposed = np.ascontiguousarray(self.W.T).copy()

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W_transposed


class AffineStaleTransposeOnClass:
    """Shares transposed weights through the class, by shape; they age as soon as the layer learns."""

    transposed = {}

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.transposed[self.W.shape] = self.W.T.copy()

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.transposed[self.W.shape]


class AffineInputDetached:
    """Written as the first layer of a network, where nobody reads dA; later it was stacked."""

    def __init__(self, input_dim, output_dim):
        self.W = np.random.randn(input_dim, output_dim) * 0.3
        self.b = np.zeros((1, output_dim))

    def forward(self, A):
        self.A = A
        return A @ self.W + self.b

    def backward(self, dLdZ):
        self.dLdW = self.A.T @ dLdZ
        self.dLdb = np.sum(dLdZ, axis=0, keepdims=True)
        return np.zeros_like(self.A)


class AffineSharedVelocity:
    """Smooths the weight gradient with a momentum kept on the class, where every call of every layer adds to it."""

    velocity = {}

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        previous = self.velocity.get(self.W.shape, 0.0)
        self.velocity[self.W.shape] = 0.9 * previous + self.x.T @ dout
        self.dW = self.velocity[self.W.shape].copy()
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class AffineWeightMean:
    """Divides dweights by the batch size, as the lecture has it, and forgets to do the same to dbiases."""

    def __init__(self, n_inputs, n_neurons):
        self.weights = 0.3 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases
        return self.output

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues) / len(self.inputs)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)
        return self.dinputs
