"""Dropout in its usual forms: the mask is drawn in forward and kept."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "DropoutResampled": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "resampled_mask",
        "diagnosis": ["mask"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "DropoutScaledTwice": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "DropoutDividesByRate": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "DropoutInverted": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask",
        "diagnosis": ["mask"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09, "reference": 1e-11},
    },
    "DropoutFirstRowMask": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_row",
        "diagnosis": ["mask"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "DropoutMaskOfOutput": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask",
        "diagnosis": ["mask", "region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11},
    },
    "DropoutFirstMask": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "stale_cache",
        "oracles": [],
        "smallest": {},
    },
    "DropoutMaskInClass": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "shared_state",
        "oracles": [],
        "smallest": {},
    },
    "DropoutMaskInEvaluation": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "mode",
        "oracles": [],
        "smallest": {},
    },
}


class Dropout:
    """Right in both modes; the others differ in one method."""

    def __init__(self, p=0.4):
        self.p = p
        self.training = True

    def draw(self, shape):
        return (np.random.rand(*shape) >= self.p) / (1 - self.p)

    def forward(self, x):
        self.x = x
        if not self.training:
            self.mask = np.ones(x.shape)
            return x.copy()
        self.mask = self.draw(x.shape)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class DropoutResampled(Dropout):
    """Draws the mask anew in backward."""

    def backward(self, dout):
        return dout * self.draw(dout.shape) if self.training else dout.copy()


class DropoutScaledTwice(Dropout):
    """Divides by the share that is kept once more."""

    def backward(self, dout):
        return dout * self.mask / (1 - self.p) if self.training else dout.copy()


class DropoutDividesByRate(Dropout):
    """Divides by the share that is dropped."""

    def backward(self, dout):
        return dout * (self.mask > 0) / self.p if self.training else dout.copy()


class DropoutInverted(Dropout):
    """Lets through what forward dropped."""

    def backward(self, dout):
        return dout * (self.mask == 0) / (1 - self.p) if self.training else dout.copy()


class DropoutFirstRowMask(Dropout):
    """Takes the mask of the first row for all rows."""

    def backward(self, dout):
        return dout * self.mask[:1]


class DropoutMaskOfOutput(Dropout):
    """Finds the mask again by asking which inputs are positive, as if a ReLU came before."""

    def backward(self, dout):
        return dout * self.mask * (self.x > 0)


class DropoutFirstMask(Dropout):
    """Keeps for backward the first mask it drew of a shape."""

    def backward(self, dout):
        if getattr(self, "kept", None) is None or self.kept.shape != dout.shape:
            self.kept = self.mask
        return dout * self.kept


class DropoutMaskInClass(Dropout):
    """Keeps the mask where all instances see it."""

    def forward(self, x):
        y = super().forward(x)
        type(self).shared = self.mask
        return y

    def backward(self, dout):
        return dout * type(self).shared


class DropoutMaskInEvaluation(Dropout):
    """In evaluation forward is the identity, backward goes on with a mask."""

    def forward(self, x):
        y = super().forward(x)
        if not self.training:
            self.mask = self.draw(x.shape)
        return y
