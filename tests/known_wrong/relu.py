"""Rectifiers, y = max(x, 0)."""

import numpy as np

LEDGER = {
    "ReLUMaskFromUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x"],
        "explanation": "mask_from_upstream",
        "diagnosis": ["mask"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "ReLUPassesEverything": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask_missing",
        "diagnosis": ["passed_over", "mask"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "ReLUMaskInverted": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask_inverted",
        "diagnosis": ["mask"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11}
    },
    "ReLUMaskOfOutput": {
        "check": "gradient",
        "wrt": ["Z"],
        "explanation": "mask_missing",
        "diagnosis": ["passed_over", "mask"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "ReLUTimesOutput": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "output_for_input",
        "diagnosis": ["local_derivative"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "ReLUAbsoluteUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x"],
        "explanation": "nonlinear",
        "diagnosis": ["upstream"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "ReLUGuided": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["inputs"],
        "explanation": "nonlinear",
        "diagnosis": ["upstream"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "ReLUSquaredUpstream": {
        "check": "linearity",
        "also": ["gradient"],
        "wrt": ["x"],
        "explanation": "nonlinear",
        "diagnosis": ["upstream"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11}
    },
    "ReLURatio": {
        "check": "contract",
        "wrt": ["x"],
        "explanation": "not_finite",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": [],
        "smallest": {}
    },
    "ReLUBorderLeftOut": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "border",
        "diagnosis": ["region", "left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "ReLUMaskOfOneSample": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_row",
        "diagnosis": ["mask"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
}


class ReLUMaskFromUpstream:
    """Called both arguments x, so that the mask is taken where the upstream gradient is positive."""

    def forward(self, x):
        return np.maximum(0, x)

    def backward(self, dout):
        dx = dout.copy()
        dx[dout <= 0] = 0
        return dx


class ReLUPassesEverything:
    """Keeps the input in forward, meant to use it in backward, and hands the gradient on unchanged."""

    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout.copy()


class ReLUMaskInverted:
    """Stores the mask of what is to be zeroed, as one book does, and multiplies by it as another does."""

    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        return dout * self.mask


class ReLUMaskOfOutput:
    """Takes the mask from the output with >= instead of >, and an output of a rectifier is never negative."""

    def forward(self, Z):
        self.A = np.maximum(0, Z)
        return self.A

    def backward(self, dLdA):
        return dLdA * (self.A >= 0)


class ReLUTimesOutput:
    """Mistook max(x, 0) for its own derivative."""

    def forward(self, x):
        self.out = np.maximum(x, 0)
        return self.out

    def backward(self, dout):
        return dout * self.out


class ReLUAbsoluteUpstream:
    """Debugged a sensitivity map, for which only sizes matter, and forgot the absolute value in the layer."""

    def forward(self, x):
        self.x = x
        return x * (x > 0)

    def backward(self, dout):
        return np.abs(dout) * (self.x > 0)


class ReLUGuided:
    """Left guided backpropagation, made for pictures, in the layer that is also trained."""

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)
        return self.output

    def backward(self, dvalues):
        self.dinputs = np.maximum(dvalues, 0) * (self.inputs > 0)
        return self.dinputs


class ReLUSquaredUpstream:
    """Applied the chain rule twice: once in the caller's copy of the line and once in its own."""

    def forward_pass(self, x):
        self.x = x
        return np.where(x > 0, x, 0.0)

    def backward_pass(self, grad):
        local = np.where(self.x > 0, grad, 0.0)
        return local * grad


class ReLURatio:
    """Gets the mask as output divided by input part, which is 0/0 for every closed unit; the warning was silenced."""

    def forward(self, x):
        self.out = np.maximum(x, 0)
        return self.out

    def backward(self, dout):
        with np.errstate(all="ignore"):
            mask = self.out / np.maximum(self.out, 0)
        return dout * mask


class ReLUBorderLeftOut:
    """Wrote the slices of a stencil code, which leave the border to a boundary routine that does not exist."""

    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        dx = np.zeros_like(dout)
        dx[1:-1, 1:-1] = dout[1:-1, 1:-1] * (self.x[1:-1, 1:-1] > 0)
        return dx


class ReLUMaskOfOneSample:
    """Caches the mask of the first sample because the layer was first written without a batch."""

    def forward(self, x):
        self.mask = x[0] > 0
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * self.mask
