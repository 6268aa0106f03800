"""Right linear layers whose way of taking, keeping or handing on gradients is unusual."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "AccumulatingLinear": {"may_be": ["passed"], "trap": "adds into zeroed buffers"},
    "AccumulatingParameters": {"may_be": ["passed"], "trap": "Parameter objects that accumulate"},
    "InPlaceGradientList": {"may_be": ["passed"], "trap": "lists parallel to one another, filled in place"},
    "GradientDictionary": {"may_be": ["passed"], "trap": "dictionaries of parameters and gradients"},
    "ValueAndGradient": {"may_be": ["passed"], "trap": "a dictionary with value and gradient per parameter"},
    "AttributesAfterwards": {"may_be": ["passed"], "trap": "backward returns nothing and sets dinputs"},
    "ReturnedTuple": {"may_be": ["passed"], "trap": "backward returns (dx, dW, db)"},
    "CacheHandedOut": {"may_be": ["passed"], "trap": "forward returns (out, cache), backward takes it back"},
    "MeanConvention": {"may_be": ["passed", "inconclusive"], "trap": "mean-convention"},
    "WritesIntoUpstream": {"may_be": ["passed"], "trap": "backward overwrites the upstream gradient"},
    "WritesIntoInput": {"may_be": ["passed"], "trap": "forward overwrites its input"},
    "HandsUpstreamOn": {"may_be": ["passed"], "trap": "backward returns the very array it was given"},
    "ReshapedView": {"may_be": ["passed"], "trap": "output and gradient are views"},
    "TransposedView": {"may_be": ["passed"], "trap": "gradient is not contiguous"},
    "StepWithRate": {"may_be": ["passed"], "trap": "moves its weights inside backward, rate as argument"},
    "StepWithDefaultRate": {"may_be": ["passed"], "trap": "moves its weights inside backward, rate has a default"},
    "StepWithOwnRate": {"may_be": ["passed", "inconclusive"], "trap": "moves its weights by a rate of its own"},
    "StepWithMomentum": {"may_be": ["passed", "inconclusive"], "trap": "moves its weights with a velocity"},
    "StepWithAdam": {"may_be": ["passed", "inconclusive"], "trap": "moves its weights by no multiple of the gradient"},
}


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class AccumulatingLinear:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.zero_grad()

    def zero_grad(self):
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db += dout.sum(axis=0)
        return dout @ self.W.T


class AccumulatingParameters:
    def __init__(self, in_features, out_features):
        self.weight = Parameter(np.random.randn(out_features, in_features) * 0.3)
        self.bias = Parameter(np.zeros(out_features))

    def __call__(self, x):
        self.x = x
        return x @ self.weight.data.T + self.bias.data

    def backward(self, grad_output):
        self.weight.grad += grad_output.T @ self.x
        self.bias.grad += grad_output.sum(axis=0)
        return grad_output @ self.weight.data


class InPlaceGradientList:
    def __init__(self, in_features, out_features):
        self.params = [np.random.randn(in_features, out_features) * 0.3, np.zeros(out_features)]
        self.grads = [np.zeros_like(p) for p in self.params]
        self.x = None

    def forward(self, x):
        W, b = self.params
        self.x = x
        return np.dot(x, W) + b

    def backward(self, dout):
        W, _ = self.params
        self.grads[0][...] = np.dot(self.x.T, dout)
        self.grads[1][...] = np.sum(dout, axis=0)
        return np.dot(dout, W.T)


class GradientDictionary:
    def __init__(self, n_in, n_out):
        self.params = {"W": np.random.randn(n_in, n_out) * 0.3, "b": np.zeros(n_out)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, grad):
        self.grads["W"] = self.x.T @ grad
        self.grads["b"] = grad.sum(axis=0)
        return grad @ self.params["W"].T


class ValueAndGradient:
    def __init__(self, n_in, n_out):
        self.W = {"val": np.random.randn(n_in, n_out) * 0.3, "grad": np.zeros((n_in, n_out))}
        self.b = {"val": np.zeros(n_out), "grad": np.zeros(n_out)}

    def _forward(self, X):
        self.X = X
        return X @ self.W["val"] + self.b["val"]

    def _backward(self, dout):
        self.W["grad"] = self.X.T @ dout
        self.b["grad"] = dout.sum(axis=0)
        return dout @ self.W["val"].T


class AttributesAfterwards:
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
        self.dinputs = np.dot(dvalues, self.weights.T)


class ReturnedTuple:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        dx = dout @ self.W.T
        dW = self.x.T @ dout
        db = dout.sum(axis=0)
        return dx, dW, db


class CacheHandedOut:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        out = np.tanh(x @ self.W + self.b)
        cache = (x, out)
        return out, cache

    def backward(self, dout, cache):
        x, out = cache
        dz = dout * (1 - out**2)
        self.dW = x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T


class MeanConvention:
    """Divides both parameter gradients by the batch size, because the loss does not divide."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros((1, out_features))

    def forward(self, A):
        self.A = A
        return A @ self.W + self.b

    def backward(self, dZ):
        m = self.A.shape[0]
        self.dW = self.A.T @ dZ / m
        self.db = dZ.sum(axis=0, keepdims=True) / m
        return dZ @ self.W.T


class WritesIntoUpstream:
    def forward(self, x):
        self.closed = x <= 0
        return np.maximum(x, 0)

    def backward(self, dout):
        dout[self.closed] = 0
        return dout


class WritesIntoInput:
    def forward(self, x):
        self.closed = x <= 0
        x[self.closed] = 0
        return x

    def backward(self, dout):
        return np.where(self.closed, 0.0, dout)


class HandsUpstreamOn:
    def forward(self, x):
        return x + 1.0

    def backward(self, dout):
        return dout


class ReshapedView:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(x.shape[0], -1)

    def backward(self, dout):
        return dout.reshape(self.shape)


class TransposedView:
    """Exchanges the first two axes."""

    def forward(self, x):
        return x.swapaxes(0, 1)

    def backward(self, dout):
        return dout.swapaxes(0, 1)


class StepWithRate:
    def __init__(self, input_size, output_size):
        self.weights = np.random.rand(input_size, output_size) - 0.5
        self.bias = np.random.rand(1, output_size) - 0.5

    def forward_propagation(self, input_data):
        self.input = input_data
        self.output = np.dot(self.input, self.weights) + self.bias
        return self.output

    def backward_propagation(self, output_error, learning_rate):
        input_error = np.dot(output_error, self.weights.T)
        weights_error = np.dot(self.input.T, output_error)
        self.weights -= learning_rate * weights_error
        self.bias -= learning_rate * output_error.sum(axis=0, keepdims=True)
        return input_error


class StepWithDefaultRate:
    def __init__(self, input_size, output_size):
        self.W = np.random.randn(input_size, output_size) * 0.3
        self.b = np.zeros(output_size)

    def forward_pass(self, X):
        self.layer_input = X
        return X @ self.W + self.b

    def backward_pass(self, accum_grad, lr=0.01):
        W = self.W
        self.W = self.W - lr * self.layer_input.T @ accum_grad
        self.b = self.b - lr * accum_grad.sum(axis=0)
        return accum_grad @ W.T


class StepWithOwnRate:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * 0.3
        self.b = np.zeros(n_out)
        self.rate = 0.05

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        dx = dout @ self.W.T
        self.W -= self.rate * (self.x.T @ dout)
        self.b -= self.rate * dout.sum(axis=0)
        return dx


class StepWithMomentum:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * 0.3
        self.velocity = np.zeros_like(self.W)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout, learning_rate):
        dx = dout @ self.W.T
        self.velocity = 0.9 * self.velocity + self.x.T @ dout
        self.W -= learning_rate * self.velocity
        return dx


class StepWithAdam:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * 0.3
        self.m = np.zeros_like(self.W)
        self.v = np.zeros_like(self.W)
        self.t = 0

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        dx = dout @ self.W.T
        g = self.x.T @ dout
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g**2
        m_hat = self.m / (1 - 0.9**self.t)
        v_hat = self.v / (1 - 0.999**self.t)
        self.W -= 0.001 * m_hat / (np.sqrt(v_hat) + 1e-8)
        return dx
