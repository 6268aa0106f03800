"""Cells and layers with several inputs and outputs, each with one mistake."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "LSTMCellMemoryOnlyDirect": {
        "check": "gradient",
        "wrt": ["c_prev"],
        "explanation": "missing_branch",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "LSTMCellForgetsStateGradient": {
        "check": "gradient",
        "wrt": ["x", "h_prev", "c_prev", "W", "b"],
        "explanation": "missing_branch",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "LSTMCellUpstreamSwapped": {
        "check": "gradient",
        "wrt": ["x", "h_prev", "c_prev", "W", "b"],
        "explanation": "swapped",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "StatesWithoutLast": {
        "check": "gradient",
        "wrt": ["x", "h0", "Wx", "Wh", "b"],
        "explanation": "missing_branch",
        "diagnosis": ["upstream", "left_out", "constant_operand"],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08},
    },
    "StatesFirstStepUnused": {
        "check": "gradient",
        "wrt": ["Wh"],
        "explanation": "other",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-08},
    },
    "SplitReversed": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "swapped",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09},
    },
    "SplitFirstOnly": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_branch",
        "diagnosis": ["region", "left_out", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09},
    },
    "SineAndCosineSign": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "other",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09},
    },
    "ProductOfListUntouched": {
        "check": "gradient",
        "wrt": ["inputs[0]", "inputs[1]"],
        "explanation": "other",
        "diagnosis": ["passed_over"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08},
    },
    "JoinedListScaleLost": {
        "check": "gradient",
        "wrt": ["xs[1]"],
        "explanation": "scale",
        "diagnosis": ["scale", "passed_over"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08},
    },
    "BilinearSecondCopied": {
        "check": "gradient",
        "wrt": ["x2"],
        "explanation": "copy_of_another",
        "diagnosis": ["copied"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09},
    },
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class LSTMCell:
    """All right; the broken ones below change one line each."""

    def __init__(self, input_dim, hidden_dim):
        self.W = np.random.randn(input_dim + hidden_dim, 4 * hidden_dim) * 0.3
        self.b = np.zeros(4 * hidden_dim)

    def forward(self, x, h_prev, c_prev):
        z = np.concatenate([x, h_prev], axis=1)
        a = z @ self.W + self.b
        H = h_prev.shape[1]
        i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
        g = np.tanh(a[:, 3 * H :])
        c_next = f * c_prev + i * g
        h_next = o * np.tanh(c_next)
        self.cache = z, i, f, o, g, c_prev, c_next
        return h_next, c_next

    def of_memory(self, dh_next, dc_next, o, t):
        return dc_next + dh_next * o * (1 - t**2)

    def to_memory(self, dc, dc_next, f):
        return dc * f

    def backward(self, dh_next, dc_next):
        z, i, f, o, g, c_prev, c_next = self.cache
        t = np.tanh(c_next)
        dc = self.of_memory(dh_next, dc_next, o, t)
        parts = [dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dh_next * t * o * (1 - o), dc * i * (1 - g**2)]
        da = np.concatenate(parts, axis=1)
        self.dW, self.db = z.T @ da, da.sum(axis=0)
        dz = da @ self.W.T
        H = c_prev.shape[1]
        return dz[:, :-H], dz[:, -H:], self.to_memory(dc, dc_next, f)


class LSTMCellMemoryOnlyDirect(LSTMCell):
    """Hands the memory its own gradient on and forgets what the state adds to it."""

    def to_memory(self, dc, dc_next, f):
        return dc_next * f


class LSTMCellForgetsStateGradient(LSTMCell):
    """The state's gradient reaches the memory nowhere."""

    def of_memory(self, dh_next, dc_next, o, t):
        return dc_next


class LSTMCellUpstreamSwapped(LSTMCell):
    """The two upstream gradients are taken for one another; their names say what they are."""

    def backward(self, dh_next, dc_next):
        return super().backward(dc_next, dh_next)


class States:
    """All right: a recurrent layer that returns every state and the last one."""

    def __init__(self, n_in, n_hidden):
        self.Wx = np.random.randn(n_in, n_hidden) * 0.4
        self.Wh = np.random.randn(n_hidden, n_hidden) * 0.4
        self.b = np.zeros(n_hidden)

    def forward(self, x, h0):
        states, h = [], h0
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ self.Wx + h @ self.Wh + self.b)
            states.append(h)
        self.x, self.h0, self.states = x, h0, states
        return np.stack(states, axis=1), h

    def state_before(self, t):
        return self.states[t - 1] if t else self.h0

    def backward(self, dstates, dh):
        self.dWx, self.dWh, self.db = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.b)
        dx = np.zeros_like(self.x)
        for t in reversed(range(self.x.shape[1])):
            da = (dh + dstates[:, t]) * (1 - self.states[t] ** 2)
            self.dWx += self.x[:, t].T @ da
            self.dWh += self.state_before(t).T @ da
            self.db += da.sum(axis=0)
            dx[:, t] = da @ self.Wx.T
            dh = da @ self.Wh.T
        return dx, dh


class StatesWithoutLast(States):
    """Starts from zero although the last state was used as well."""

    def backward(self, dstates, dh):
        return super().backward(dstates, np.zeros_like(dh))


class StatesFirstStepUnused(States):
    """The first step is taken to have no state before it."""

    def state_before(self, t):
        return self.states[t - 1] if t else np.zeros_like(self.h0)


class Split:
    def forward(self, x):
        half = x.shape[-1] // 2
        return [x[..., :half], x[..., half:]]


class SplitReversed(Split):
    """Puts the halves together the wrong way round."""

    def backward(self, grads):
        return np.concatenate(grads[::-1], axis=-1)


class SplitFirstOnly(Split):
    """Only the first half gets its gradient."""

    def backward(self, grads):
        first, second = grads
        return np.concatenate([first, np.zeros_like(second)], axis=-1)


class SineAndCosineSign:
    """The derivative of the cosine is taken for the sine."""

    def forward(self, x):
        self.x = x
        return np.sin(x), np.cos(x)

    def backward(self, grads):
        d_sine, d_cosine = grads
        return d_sine * np.cos(self.x) + d_cosine * np.sin(self.x)


class ProductOfListUntouched:
    """Treats a product like a sum."""

    def forward(self, inputs):
        a, b = inputs
        return a * b

    def backward(self, dout):
        return [dout, dout]


class JoinedListScaleLost:
    """The factor of the second item is left out."""

    def forward(self, xs):
        first, second = xs
        self.at = first.shape[-1]
        return np.concatenate([first, 2.0 * second], axis=-1)

    def backward(self, dout):
        return dout[..., : self.at], dout[..., self.at :]


class BilinearSecondCopied:
    """The second input gets the gradient of the first."""

    def __init__(self, features, out):
        self.W = np.random.randn(features, out) * 0.5

    def forward(self, x1, x2):
        self.x1, self.x2 = x1, x2
        return (x1 * x2) @ self.W

    def backward(self, grad):
        self.dW = (self.x1 * self.x2).T @ grad
        shared = grad @ self.W.T
        return shared * self.x2, shared * self.x2
