"""Dense layers that move their own weights inside backward, and ones with other method names."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "DenseUpdatesFirst": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["input_data"],
        "explanation": "other",
        "diagnosis": ["updated_first"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-12, "finite_difference": 1e-09, "reference": 1e-12}
    },
    "DenseClimbs": {
        "check": "gradient",
        "wrt": ["weights", "bias"],
        "explanation": "sign",
        "diagnosis": ["sign"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "DenseBiasMeanStep": {
        "check": "gradient",
        "wrt": ["bias"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "DenseFirstRowStep": {
        "check": "gradient",
        "wrt": ["b"],
        "explanation": "one_row",
        "diagnosis": ["left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-06, "reference": 1e-10}
    },
    "DenseSampleLoopStep": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "overwritten_not_accumulated",
        "diagnosis": ["left_out", "overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "DenseHalvedWeights": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "DenseActivationForgotten": {
        "check": "gradient",
        "wrt": ["X", "W", "b"],
        "explanation": "missing_term",
        "diagnosis": ["passed_over"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "DenseBiasScalar": {
        "check": "contract",
        "wrt": ["b"],
        "explanation": "wrong_shape",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {}
    },
    "ColumnDenseLastSample": {
        "check": "gradient",
        "wrt": ["b"],
        "explanation": "one_row",
        "diagnosis": ["left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-07, "reference": 1e-09}
    },
    "ColumnDenseUnsummed": {
        "check": "contract",
        "wrt": ["b"],
        "explanation": "missing_broadcast_sum",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {}
    },
}


class DenseUpdatesFirst:
    """Moved the update to the top of backward, so that dx is taken with the weights of the next step."""

    def __init__(self, input_size, output_size):
        self.weights = np.random.rand(input_size, output_size) - 0.5
        self.bias = np.random.rand(1, output_size) - 0.5

    def forward(self, input_data):
        self.input = input_data
        return np.dot(self.input, self.weights) + self.bias

    def backward(self, output_error, learning_rate):
        self.weights = self.weights - learning_rate * np.dot(self.input.T, output_error)
        self.bias = self.bias - learning_rate * np.sum(output_error, axis=0, keepdims=True)
        return np.dot(output_error, self.weights.T)


class DenseClimbs:
    """Adds the gradient to the weights: the first draft passed target minus output, the loss no longer does."""

    def __init__(self, input_size, output_size):
        self.weights = np.random.rand(input_size, output_size) - 0.5
        self.bias = np.random.rand(1, output_size) - 0.5

    def forward(self, input_data):
        self.input = input_data
        return np.dot(self.input, self.weights) + self.bias

    def backward(self, output_error, learning_rate):
        input_error = np.dot(output_error, self.weights.T)
        self.weights += learning_rate * np.dot(self.input.T, output_error)
        self.bias += learning_rate * np.sum(output_error, axis=0, keepdims=True)
        return input_error


class DenseBiasMeanStep:
    """Steps the bias by the mean over the batch and the weights by the sum."""

    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(input_size, output_size) * 0.3
        self.bias = np.zeros((1, output_size))

    def forward_propagation(self, input_data):
        self.input = input_data
        self.output = np.dot(self.input, self.weights) + self.bias
        return self.output

    def backward_propagation(self, output_error, learning_rate):
        input_error = np.dot(output_error, self.weights.T)
        weights_error = np.dot(self.input.T, output_error)
        self.weights -= learning_rate * weights_error
        self.bias -= learning_rate * np.mean(output_error, axis=0, keepdims=True)
        return input_error


class DenseFirstRowStep:
    """Indexed the upstream gradient with [0] to get rid of an axis that was the batch axis."""

    def __init__(self, input_size, output_size):
        self.W = np.random.randn(input_size, output_size) * 0.3
        self.b = np.zeros(output_size)

    def forward_pass(self, X):
        self.layer_input = X
        return X.dot(self.W) + self.b

    def backward_pass(self, accum_grad, lr=0.01):
        W = self.W.copy()
        self.W -= lr * self.layer_input.T.dot(accum_grad)
        self.b -= lr * accum_grad[0]
        return accum_grad.dot(W.T)


class DenseSampleLoopStep:
    """Collects the weight step sample by sample but resets it inside the loop."""

    def __init__(self, input_size, output_size):
        self.W = np.random.randn(input_size, output_size) * 0.3
        self.b = np.zeros(output_size)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout, lr):
        dx = dout @ self.W.T
        for i in range(dout.shape[0]):
            step = np.zeros_like(self.W)
            step += np.outer(self.x[i], dout[i])
        self.W -= lr * step
        self.b -= lr * dout.sum(axis=0)
        return dx


class DenseHalvedWeights:
    """Remembered a 1/2 from the derivation of the squared error and kept it in the weights' rule."""

    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * 0.3
        self.b = np.zeros(n_out)

    def fprop(self, x):
        self.x = x
        return x @ self.W + self.b

    def bprop(self, grad):
        self.dW = 0.5 * self.x.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T


class DenseActivationForgotten:
    """Fused the tanh into the layer's forward and left backward as it was for the linear layer."""

    def __init__(self, input_dim, units):
        self.W = np.random.randn(input_dim, units) * 0.3
        self.b = np.zeros(units)

    def __call__(self, X):
        self.X = X
        return np.tanh(X @ self.W + self.b)

    def backward(self, grad):
        self.dW = self.X.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T


class DenseBiasScalar:
    """Returns a scalar for the bias: the axis of the sum was lost when the line was shortened."""

    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * 0.3
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        dx = dout @ self.W.T
        self.dW = self.x.T @ dout
        self.db = dout.sum()
        return dx


class ColumnDenseLastSample:
    """Took the last column to get the bias's shape, where all of them had to be added up."""

    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in) * 0.3
        self.b = np.zeros((n_out, 1))

    def forward(self, X):
        self.X = X
        return self.W @ X + self.b

    def backward(self, dZ):
        self.dW = dZ @ self.X.T
        self.db = dZ[:, -1:]
        return self.W.T @ dZ


class ColumnDenseUnsummed:
    """Kept the formula of one sample for the bias when the layer was changed to batches."""

    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in) * 0.3
        self.b = np.zeros((n_out, 1))

    def forward(self, X):
        self.X = X
        return np.tanh(self.W @ X + self.b)

    def backward(self, dA):
        dZ = dA * (1 - np.tanh(self.W @ self.X + self.b) ** 2)
        self.dW = dZ @ self.X.T
        self.db = dZ
        return self.W.T @ dZ
