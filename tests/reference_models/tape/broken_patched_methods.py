"""Methods put onto the tensor from outside, with and without the edge that makes them methods of a tape."""

from __future__ import annotations

import numpy as np

from reference_models.tape.tensor import Tensor


def clipped(self, low, high):
    """Right: composed of the tensor's own operations."""
    return (self - low).relu() - (self - high).relu() + low


def squared(self):
    """Wrong: an array in, a new leaf out."""
    return Tensor(self.data**2, requires_grad=self.requires_grad)


def soft_sign(self):
    """Wrong: the edge is the operand's own, so that the slope is 1."""
    result = Tensor(self.data / (1 + np.abs(self.data)))
    result.requires_grad, result.edge = self.requires_grad, self.edge
    return result


METHODS = {"clipped": clipped, "squared": squared, "soft_sign": soft_sign}


def switch_on(setter=setattr):
    """Patch the class; a framework does this when it is imported."""
    for name, method in METHODS.items():
        setter(Tensor, name, method)
