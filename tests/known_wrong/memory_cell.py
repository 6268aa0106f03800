"""One step of a long short-term memory; the state before comes with x, the state after is kept beside the answer."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "MemoryForgetOfNewState": {
        "check": "gradient",
        "wrt": ["b", "c", "h", "U", "W", "x"],
        "explanation": "input_for_output",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "MemoryCandidateAsGate": {
        "check": "gradient",
        "wrt": ["b", "h", "U", "W", "x"],
        "explanation": "wrong_derivative",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "MemoryGateAsCandidate": {
        "check": "gradient",
        "wrt": ["b", "h", "U", "W", "x"],
        "explanation": "wrong_derivative",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "MemoryStateWithoutTanh": {
        "check": "gradient",
        "wrt": ["b", "c", "h", "U", "W", "x"],
        "explanation": "missing_term",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "MemoryOutputGateLost": {
        "check": "gradient",
        "wrt": ["b", "h", "U", "W", "x"],
        "explanation": "missing_term",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "MemoryHiddenOfThreeGates": {
        "check": "gradient",
        "wrt": ["h"],
        "explanation": "missing_term",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10},
    },
    "MemoryBiasUnsummed": {"check": "contract", "wrt": ["b"], "explanation": "shape", "oracles": [], "smallest": {}},
    "MemoryFirstState": {
        "check": "protocol",
        "wrt": ["b", "U", "W"],
        "explanation": "stale_cache",
        "oracles": [],
        "smallest": {},
    },
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class MemoryCell:
    """Right; the others differ in one method."""

    def __init__(self, input_size, hidden_size):
        self.n = n = hidden_size
        self.W = np.random.randn(input_size, 4 * n) * 0.4
        self.U = np.random.randn(n, 4 * n) * 0.4
        self.b = np.zeros(4 * n)

    def forward(self, x, h, c):
        self.x, self.h, self.c = x, h, c
        i, f, g, o = np.split(x @ self.W + h @ self.U + self.b, 4, axis=1)
        self.i, self.f, self.g, self.o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        self.new = self.f * c + self.i * self.g
        self.t = np.tanh(self.new)
        return self.o * self.t

    def backward(self, dh):
        dc = self.state(dh)
        dz = self.gates(dh, dc)
        self.dW, self.dU, self.db = self.x.T @ dz, self.recurrent(dz), self.bias(dz)
        return dz @ self.W.T, self.hidden(dz), self.before(dc)

    def state(self, dh):
        return dh * self.o * (1 - self.t**2)

    def gates(self, dh, dc):
        di = dc * self.g * self.i * (1 - self.i)
        df = dc * self.c * self.f * (1 - self.f)
        dg = dc * self.i * (1 - self.g**2)
        do = dh * self.t * self.o * (1 - self.o)
        return np.concatenate([di, df, dg, do], axis=1)

    def recurrent(self, dz):
        return self.h.T @ dz

    def bias(self, dz):
        return dz.sum(axis=0)

    def hidden(self, dz):
        return dz @ self.U.T

    def before(self, dc):
        return dc * self.f


class MemoryForgetOfNewState(MemoryCell):
    """The forget gate multiplies the state before; here the one after is taken everywhere."""

    def gates(self, dh, dc):
        before, self.c = self.c, self.new
        dz = super().gates(dh, dc)
        self.c = before
        return dz

    def before(self, dc):
        return dc * self.f * self.new


class MemoryCandidateAsGate(MemoryCell):
    """Takes the derivative of the sigmoid for the candidate as well."""

    def gates(self, dh, dc):
        dz = super().gates(dh, dc)
        dz[:, 2 * self.n : 3 * self.n] = dc * self.i * self.g * (1 - self.g)
        return dz


class MemoryGateAsCandidate(MemoryCell):
    """Takes that of tanh for the input gate."""

    def gates(self, dh, dc):
        dz = super().gates(dh, dc)
        dz[:, : self.n] = dc * self.g * (1 - self.i**2)
        return dz


class MemoryStateWithoutTanh(MemoryCell):
    """Forgets that the state goes out through a tanh."""

    def state(self, dh):
        return dh * self.o


class MemoryOutputGateLost(MemoryCell):
    """The fourth gate was added last."""

    def gates(self, dh, dc):
        dz = super().gates(dh, dc)
        dz[:, 3 * self.n :] = 0
        return dz


class MemoryHiddenOfThreeGates(MemoryCell):
    """Leaves out the fourth gate on the way to the hidden state before."""

    def hidden(self, dz):
        return dz[:, : 3 * self.n] @ self.U[:, : 3 * self.n].T


class MemoryBiasUnsummed(MemoryCell):
    """The bias was broadcast over the rows."""

    def bias(self, dz):
        return dz.copy()


class MemoryFirstState(MemoryCell):
    """Keeps the first state before for backward."""

    def recurrent(self, dz):
        if getattr(self, "first", None) is None or self.first.shape != self.h.shape:
            self.first = self.h
        return self.first.T @ dz
