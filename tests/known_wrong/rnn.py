"""A recurrence over (batch, time, features)."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "RNNCarryForgotten": {
        "check": "gradient",
        "wrt": ["x", "Wx", "Wh", "b"],
        "explanation": "missing_branch",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
}


class RNNCarryForgotten:
    """Gives each time step its own output's gradient and nothing of what flows back from the later states."""

    def __init__(self, input_size, hidden_size):
        self.Wx = np.random.randn(input_size, hidden_size) * 0.4
        self.Wh = np.random.randn(hidden_size, hidden_size) * 0.4
        self.b = np.zeros(hidden_size)

    def forward(self, x):
        n, steps, _ = x.shape
        self.x = x
        self.h = np.zeros((n, steps + 1, self.b.size))
        for t in range(steps):
            self.h[:, t + 1] = np.tanh(x[:, t] @ self.Wx + self.h[:, t] @ self.Wh + self.b)
        return self.h[:, 1:]

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        self.dWx = np.zeros_like(self.Wx)
        self.dWh = np.zeros_like(self.Wh)
        self.db = np.zeros_like(self.b)
        for t in reversed(range(self.x.shape[1])):
            dz = dout[:, t] * (1 - self.h[:, t + 1] ** 2)
            self.dWx += self.x[:, t].T @ dz
            self.dWh += self.h[:, t].T @ dz
            self.db += dz.sum(axis=0)
            dx[:, t] = dz @ self.Wx.T
        return dx
