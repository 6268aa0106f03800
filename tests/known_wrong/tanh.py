"""Hyperbolic tangents."""

import numpy as np

LEDGER = {
    "TanhNotSquared": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "TanhOfOutput": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "output_for_input",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "TanhSquareOfInput": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "input_for_output",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11}
    },
    "TanhPlusSquare": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "sign",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "TanhUpstreamIgnored": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x"],
        "explanation": "upstream_ignored",
        "diagnosis": ["upstream"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11}
    },
    "TanhScaledInside": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "TanhNoisy": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "nondeterministic",
        "diagnosis": [],
        "explained": "wrongly",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-07, "finite_difference": 1e-05, "reference": 1e-07}
    },
    "TanhFirstSampleSkipped": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_row",
        "diagnosis": ["region", "left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "TanhSignOfUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x"],
        "explanation": "nonlinear",
        "diagnosis": ["upstream"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
}


class TanhNotSquared:
    """Carried the 1 - y over from the sigmoid."""

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y)


class TanhOfOutput:
    """Caches the output but keeps the formula that starts from the input."""

    def forward(self, x):
        self.cache = np.tanh(x)
        return self.cache

    def backward(self, dout):
        return dout * (1 - np.tanh(self.cache) ** 2)


class TanhSquareOfInput:
    """Caches the input but keeps the formula that starts from the output."""

    def forward(self, x):
        self.cache = x
        return np.tanh(x)

    def backward(self, dout):
        return dout * (1 - self.cache**2)


class TanhPlusSquare:
    """Mixed up tanh with tan, whose derivative is one plus the square."""

    def _forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def _backward(self, dout):
        return dout * (1 + self.y**2)


class TanhUpstreamIgnored:
    """Returns the local derivative and leaves the product to the caller, who expects it to be done."""

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return 1 - self.y**2


class TanhScaledInside:
    """Uses the scaled tanh of the old papers and forgot the 2/3 from inside when differentiating."""

    def forward(self, x):
        self.t = np.tanh(2.0 / 3.0 * x)
        return 1.7159 * self.t

    def backward(self, dout):
        return dout * 1.7159 * (1 - self.t**2)


class TanhNoisy:
    """Adds a little gradient noise as a regulariser, from a generator that nothing can seed."""

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        noise = np.random.default_rng().normal(0.0, 1e-3, dout.shape)
        return dout * (1 - self.y**2) * (1 + noise)


class TanhFirstSampleSkipped:
    """Loops over samples from 1, because index 0 used to hold the bias unit."""

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        dx = np.zeros_like(dout)
        for i in range(1, len(dout)):
            dx[i] = dout[i] * (1 - self.y[i] ** 2)
        return dx


class TanhSignOfUpstream:
    """Tried resilient backpropagation, which uses signs only, and built it into the layer."""

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return np.sign(dout) * (1 - self.y**2)
