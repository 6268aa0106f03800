"""Layers whose first call is right and whose later calls are not."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "DenseFirstInput": {"check": "protocol", "wrt": ["W"], "explanation": "stale_cache", "oracles": [], "smallest": {}},
    "ReluFirstMask": {"check": "protocol", "wrt": ["x"], "explanation": "stale_cache", "oracles": [], "smallest": {}},
    "UpSampleKeepsIndices": {"check": "protocol", "wrt": ["x"], "explanation": "stale_cache", "oracles": [], "smallest": {}},
    "SquareUntilBackward": {"check": "protocol", "wrt": ["x"], "explanation": "stale_cache", "oracles": [], "smallest": {}},
    "DenseAddsAndReplaces": {"check": "protocol", "wrt": ["db"], "explanation": "inconsistent_accumulation", "oracles": [], "smallest": {}},
    "DenseForgetsToClear": {"check": "protocol", "wrt": ["b"], "explanation": "inconsistent_accumulation", "oracles": [], "smallest": {}},
    "DenseBlendsGradients": {"check": "protocol", "wrt": ["W"], "explanation": "stale_buffer", "oracles": [], "smallest": {}},
    "DenseCountsItsSteps": {"check": "protocol", "wrt": ["W"], "explanation": "scale", "oracles": [], "smallest": {}},
    "DenseReusesOutput": {"check": "protocol", "wrt": [], "explanation": "stale_buffer", "oracles": [], "smallest": {}},
    "ScaleReusesGradient": {"check": "protocol", "wrt": ["x"], "explanation": "stale_buffer", "oracles": [], "smallest": {}},
    "SigmoidAddsToItsBuffer": {"check": "protocol", "wrt": ["x"], "explanation": "stale_buffer", "oracles": [], "smallest": {}},
    "TanhInClassAttribute": {"check": "protocol", "wrt": ["x"], "explanation": "shared_state", "oracles": [], "smallest": {}},
    "SineInGlobal": {"check": "protocol", "wrt": ["x"], "explanation": "shared_state", "oracles": [], "smallest": {}},
    "CenteredFirstBatchSize": {"check": "protocol", "wrt": ["x"], "explanation": "stale_cache", "oracles": [], "smallest": {}},
    "DenseKeepsTransposed": {"check": "protocol", "wrt": ["x"], "explanation": "stale_cache", "oracles": [], "smallest": {}},
    "SwishLosesItsSlope": {"check": "protocol", "wrt": ["x"], "explanation": "lost_in_pickle", "oracles": [], "smallest": {}},
    "DropoutScalesInEvaluation": {"check": "protocol", "wrt": ["x"], "explanation": "mode", "oracles": [], "smallest": {}},
    "DropoutKeepsItsMask": {"check": "protocol", "wrt": ["x"], "explanation": "mode", "oracles": [], "smallest": {}},
    "StandardiseFrozenInTraining": {"check": "protocol", "wrt": ["x"], "explanation": "mode", "oracles": [], "smallest": {}},
    "NoiseGateLeftInEvaluation": {"check": "protocol", "wrt": ["x"], "explanation": "mode", "oracles": [], "smallest": {}},
}

_LAST = {}


class DenseFirstInput:
    """Keeps the input only where none is kept yet, to spare a copy when the batch is the same."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.x = None

    def forward(self, x):
        if self.x is None:
            self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T


class ReluFirstMask:
    """Computes the mask lazily and never again."""

    def __init__(self):
        self.mask = None

    def forward(self, x):
        if self.mask is None or self.mask.shape != x.shape:
            self.mask = x > 0
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * self.mask


class UpSampleKeepsIndices:
    """Appends the places that it filled to a list of the layer, which nobody empties before the next call."""

    def __init__(self):
        self.places = []

    def forward(self, x):
        y = np.zeros((x.shape[0], 2 * x.shape[1] - 1))
        for i in range(x.shape[1]):
            y[:, 2 * i] = x[:, i] ** 2
            self.places.append(2 * i)
        self.x = x
        return y

    def backward(self, dout):
        dx = dout[:, self.places]
        dx[:, : self.x.shape[1]] *= 2 * self.x
        return dx


class SquareUntilBackward:
    """Keeps the first input until a backward takes it, though a validation batch may come in between."""

    def __init__(self):
        self.x = None

    def forward(self, x):
        if self.x is None:
            self.x = x.copy()
        return x**2

    def backward(self, dout):
        dx = 2 * self.x * dout
        self.x = None
        return dx


class DenseAddsAndReplaces:
    """Adds to dW since gradients are accumulated over micro-batches; db was forgotten."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class DenseForgetsToClear:
    """Clears the gradient of the weights and not that of the bias, which was added later."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.b = np.zeros(out_features)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def zero_grad(self):
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db += dout.sum(axis=0)
        return dout @ self.W.T


class DenseBlendsGradients:
    """Smooths the gradient with the one before inside the layer."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.dW = None

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        dW = self.x.T @ dout
        self.dW = dW if self.dW is None else 0.5 * (self.dW + dW)
        return dout @ self.W.T


class DenseCountsItsSteps:
    """Divides by the number of steps, which an averaging of gradients left behind."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.steps = 0

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.steps += 1
        self.dW = self.x.T @ dout / self.steps
        return dout @ self.W.T


class DenseReusesOutput:
    """Writes every answer into one array and hands that out: predictions that were collected are all the last."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.out = None

    def forward(self, x):
        self.x = x
        if self.out is None or self.out.shape[0] != x.shape[0]:
            self.out = np.empty((x.shape[0], self.W.shape[1]))
        np.matmul(x, self.W, out=self.out)
        return self.out

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T


class ScaleReusesGradient:
    """Returns its own buffer as the gradient of the input."""

    def __init__(self, num_features):
        self.g = np.random.randn(num_features)
        self.dx = None

    def forward(self, x):
        self.x = x
        return x * self.g

    def backward(self, dout):
        self.dg = np.sum(dout * self.x, axis=0)
        if self.dx is None or self.dx.shape != dout.shape:
            self.dx = np.empty_like(dout)
        np.multiply(dout, self.g, out=self.dx)
        return self.dx


class SigmoidAddsToItsBuffer:
    """Adds into a buffer that is zero in the first call only."""

    def __init__(self):
        self.buffer = None

    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y.copy()

    def backward(self, dout):
        if self.buffer is None or self.buffer.shape != dout.shape:
            self.buffer = np.zeros_like(dout)
        self.buffer = self.buffer + dout * self.y * (1 - self.y)
        return self.buffer.copy()


class TanhInClassAttribute:
    """Keeps its cache in a dictionary of the class."""

    cache = {}  # noqa: RUF012 - the mistake

    def forward(self, x):
        self.cache["y"] = np.tanh(x)
        return self.cache["y"].copy()

    def backward(self, dout):
        return dout * (1 - self.cache["y"] ** 2)


class SineInGlobal:
    """Keeps its cache in a global of the module."""

    def forward(self, x):
        _LAST["x"] = x.copy()
        return np.sin(x)

    def backward(self, dout):
        return dout * np.cos(_LAST["x"])


class CenteredFirstBatchSize:
    """Remembers the number of rows of the first batch; the last batch of an epoch is smaller."""

    def __init__(self):
        self.n = None

    def forward(self, x):
        if self.n is None:
            self.n = x.shape[0]
        return x - x.mean(axis=0)

    def backward(self, dout):
        return dout - dout.sum(axis=0) / self.n


class DenseKeepsTransposed:
    """Transposes its weights once, on the first call, into an array that no optimizer knows."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.3
        self.transposed = None

    def forward(self, x):
        self.x = x
        if self.transposed is None:
            self.transposed = np.ascontiguousarray(self.W.T)
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.transposed


class SwishLosesItsSlope:
    """Leaves the slope that backward reads out of its pickle, and restores the default."""

    def __init__(self):
        self.slope = 1.7
        self.backward_slope = 1.7

    def __getstate__(self):
        return {"slope": self.slope}

    def __setstate__(self, state):
        self.slope = state["slope"]
        self.backward_slope = 1.0

    def __deepcopy__(self, memo):
        copied = SwishLosesItsSlope()
        copied.__dict__.update(self.__dict__)
        return copied

    def forward(self, x):
        self.x = x
        return x / (1 + np.exp(-self.slope * x))

    def backward(self, dout):
        s = 1 / (1 + np.exp(-self.backward_slope * self.x))
        return dout * (s + self.backward_slope * self.x * s * (1 - s))


class DropoutScalesInEvaluation:
    """Takes the mask to be all ones in evaluation mode and still divides by the share that is kept."""

    def __init__(self):
        self.p = 0.4
        self.training = True

    def forward(self, x):
        if not self.training:
            self.mask = np.ones_like(x)
            return x
        self.mask = np.random.rand(*x.shape) >= self.p
        return x * self.mask / (1 - self.p)

    def backward(self, dout):
        return dout * self.mask / (1 - self.p)


class StandardiseFrozenInTraining:
    """Has one backward for both modes; in evaluation the statistics are constants and only 1/std remains."""

    def __init__(self, num_features):
        self.running_mean = np.full(num_features, 0.3)
        self.running_var = np.full(num_features, 2.0)
        self.training = True

    def forward(self, x):
        mean, var = (x.mean(axis=0), x.var(axis=0)) if self.training else (self.running_mean, self.running_var)
        self.std = np.sqrt(var + 1e-5)
        self.x_hat = (x - mean) / self.std
        return self.x_hat.copy()

    def backward(self, dout):
        n = dout.shape[0]
        return (n * dout - dout.sum(axis=0) - self.x_hat * np.sum(dout * self.x_hat, axis=0)) / (n * self.std)


class NoiseGateLeftInEvaluation:
    """Switches its gate off for an evaluation and does not switch it on again for backward."""

    def __init__(self):
        self.training = True
        self.gate = 1.0

    def forward(self, x):
        self.x = x
        if not self.training:
            self.gate = 0.0
            return x
        return x + x**3

    def backward(self, dout):
        return dout * (1 + 3 * self.gate * self.x**2)


class DropoutKeepsItsMask:
    """Evaluation hands its input on, and leaves the mask of the last step of training for backward."""

    def __init__(self, p=0.5):
        self.p = p
        self.mask = None

    def forward(self, x, train=True):
        if not train:
            return x
        self.mask = (np.random.rand(*x.shape) < self.p) / self.p
        return x * self.mask

    def backward(self, dout):
        return dout if self.mask is None else dout * self.mask
