"""Linear layers, y = x W + b, with gradients in dW and db beside the weights."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "LinearBiasMean": {
        "check": "gradient",
        "wrt": ["b"],
        "explanation": "mean_for_sum",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "LinearBiasKeptTwoDimensional": {
        "check": "contract",
        "wrt": ["b"],
        "explanation": "wrong_shape",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {}
    },
    "LinearBiasNotSummed": {
        "check": "contract",
        "wrt": ["b"],
        "explanation": "missing_broadcast_sum",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {}
    },
    "LinearBiasLastSample": {
        "check": "gradient",
        "wrt": ["b"],
        "explanation": "one_row",
        "diagnosis": ["left_out", "overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "LinearBiasNegated": {
        "check": "gradient",
        "wrt": ["b"],
        "explanation": "sign",
        "diagnosis": ["sign"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "LinearBiasNeverStored": {
        "check": "contract",
        "wrt": ["b"],
        "explanation": "detached",
        "diagnosis": ["never_written"],
        "oracles": [],
        "smallest": {}
    },
    "LinearWeightGradientTransposed": {
        "check": "contract",
        "wrt": ["W"],
        "explanation": "transpose",
        "diagnosis": ["permuted_axes"],
        "oracles": [],
        "smallest": {}
    },
    "LinearSquareWeightGradientTransposed": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "transpose",
        "diagnosis": ["permuted_axes"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "LinearInputGradientTransposed": {
        "check": "contract",
        "wrt": ["x", "W", "b"],
        "explanation": "transpose",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
    "LinearSquareInputGradientTransposed": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "transpose",
        "diagnosis": ["turned"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "LinearOutputInsteadOfInput": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "output_for_input",
        "diagnosis": ["quantity"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "LinearOnesForUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["W"],
        "explanation": "upstream_ignored",
        "diagnosis": ["upstream"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "LinearDoubledInputGradient": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "LinearOneWeightSkipped": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "one_entry",
        "diagnosis": ["region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10}
    },
    "LinearLastColumnSkipped": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "one_column",
        "diagnosis": ["region", "left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "LinearLastSampleOnly": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "overwritten_not_accumulated",
        "diagnosis": ["left_out", "overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07, "reference": 1e-11}
    },
    "LinearCacheNeverFilled": {
        "check": "contract",
        "wrt": ["x", "W", "b"],
        "explanation": "other",
        "diagnosis": [],
        "oracles": [],
        "smallest": {}
    },
}


class LinearBiasMean:
    """Took the mean for the bias because the loss is a mean as well; the weights kept their sum."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = np.mean(dout, axis=0)
        return dout @ self.W.T


class LinearBiasKeptTwoDimensional:
    """Wrote keepdims=True from habit, so that a bias of shape (n,) got a gradient of shape (1, n)."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * np.sqrt(2.0 / in_features)
        self.b = np.zeros(out_features)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0, keepdims=True)
        return np.dot(dout, self.W.T)


class LinearBiasNotSummed:
    """Tested with one sample at a time, where the upstream gradient is the bias gradient; batches came later."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.random.randn(out_features)
        self.dW = None
        self.db = None

    def forward(self, x):
        self.cache = x
        return x.dot(self.W) + self.b

    def backward(self, dZ):
        self.dW = self.cache.T.dot(dZ)
        self.db = dZ
        return dZ.dot(self.W.T)


class LinearBiasLastSample:
    """Moved the loop over samples out of the way but left the bias line with its index, now the last row."""

    def __init__(self, in_features, out_features):
        self.W = np.random.uniform(-0.5, 0.5, (in_features, out_features))
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout[-1].copy()
        return dout @ self.W.T


class LinearBiasNegated:
    """Thought of the bias as a threshold that is subtracted, and negated its gradient; forward adds it."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) / np.sqrt(in_features)
        self.b = np.zeros((1, out_features))

    def forward(self, x):
        self.x = x
        return self.x @ self.W + self.b

    def backward(self, delta):
        self.dW = self.x.T @ delta
        self.db = -delta.sum(axis=0, keepdims=True)
        return delta @ self.W.T


class LinearBiasNeverStored:
    """Forgot `self.` before db: the value is computed, dropped, and the attribute stays None."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.dW = None
        self.db = None

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        db = dout.sum(axis=0)  # noqa: F841
        return dout @ self.W.T


class LinearWeightGradientTransposed:
    """Copied the rule from a text that keeps weights as (out, in); here they are (in, out)."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = dout.T @ self.x
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class LinearSquareWeightGradientTransposed:
    """The same copied rule in a layer whose weights are square, so that no shape complains."""

    def __init__(self, hidden_size):
        self.W = np.random.randn(hidden_size, hidden_size) * 0.3
        self.b = np.zeros(hidden_size)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = dout.T @ self.x
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class LinearInputGradientTransposed:
    """Left the transpose out; the only network it was tried in had as many outputs as inputs."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W


class LinearSquareInputGradientTransposed:
    """Left the transpose out of dx in a square layer; the loss still went down."""

    def __init__(self, hidden_size):
        self.W = np.random.randn(hidden_size, hidden_size) * 0.3
        self.b = np.zeros(hidden_size)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W


class LinearOutputInsteadOfInput:
    """Renamed the cache from x to h while refactoring and stored the result of the layer in it."""

    def __init__(self, hidden_size):
        self.W = np.random.randn(hidden_size, hidden_size) * 0.3
        self.b = np.zeros(hidden_size)

    def forward(self, x):
        h = x @ self.W + self.b
        self.h = h
        return h

    def backward(self, dout):
        self.dW = self.h.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class LinearOnesForUpstream:
    """Checked dW by hand for the loss `sum(y)`, where the upstream gradient is all ones, and left the ones in."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ np.ones_like(dout)
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class LinearDoubledInputGradient:
    """Put the 2 of the squared error here although the loss already has it."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return 2 * dout @ self.W.T


class LinearOneWeightSkipped:
    """Once held the first weight fixed for an experiment, by one assignment that was never taken out."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.dW[0, 0] = 0.0
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class LinearLastColumnSkipped:
    """Loops over the outputs up to n - 1 exclusive, as in the language the code was ported from."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        for j in range(self.W.shape[1] - 1):
            self.dW[:, j] = self.x.T @ dout[:, j]
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class LinearLastSampleOnly:
    """Loops over the samples of the batch and wrote `=` where `+=` belongs."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.db = np.zeros_like(self.b)
        for xi, di in zip(self.x, dout):
            self.dW = np.outer(xi, di)
            self.db += di
        return dout @ self.W.T


class LinearCacheNeverFilled:
    """Stores the input as self.X in forward and reads self.inputs in backward."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.X = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.inputs.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T
