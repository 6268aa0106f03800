"""Layers beside a typing.Protocol that says what a layer is."""

from typing import Protocol

import numpy as np


class Module(Protocol):
    def forward(self, x): ...

    def backward(self, dy): ...


class ScaledSquare:
    """y = c x^2, written beside the protocol it follows."""

    def __init__(self, features=6):
        self.c = np.linspace(0.5, 1.5, features)

    def forward(self, x):
        self.x = x
        return self.c * x**2

    def backward(self, dy):
        self.dc = np.sum(dy * self.x**2, axis=0)
        return 2.0 * self.c * self.x * dy


LEDGER = {"ScaledSquare": {"may_be": ["passed"], "trap": "a protocol in the file cannot be asked for its heirs"}}
