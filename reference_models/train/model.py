"""What the training needs of a model."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Model(Protocol):
    """A model with its backward written by hand."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map a batch to its answers."""

    def backward(self, y_bar: np.ndarray) -> object:
        """Take the cotangent of the answers back to every parameter."""

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, the arrays themselves."""

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""


class Optimizer(Protocol):
    """What moves the parameters."""

    learning_rate: float

    def step(self, gradients: dict[str, np.ndarray]) -> None:
        """Move every parameter by its gradient."""
