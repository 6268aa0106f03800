"""A gated recurrent unit over time."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers.gru_cell import GRUCell


class GRU:
    """y_t = h_t = cell(x_t, h_{t-1}), from h_0 = 0.

    Shapes: x (N, L, I), y (N, L, H).

    Backward goes through time from last to first; what h_t gets is y_bar_t and what the step after it hands back, and
    each parameter's gradient is the sum over the steps.

    >>> layer = GRU(3, 2)
    >>> layer.forward(np.ones((5, 4, 3))).shape
    (5, 4, 2)
    >>> layer.backward(np.ones((5, 4, 2))).shape
    (5, 4, 3)
    >>> list(layer.gradients())
    ['cell.W_x', 'cell.W_h', 'cell.b_x', 'cell.b_h']

    Args:
        input_size: I.
        hidden_size: H.
        seed: Of the initial weights.
    """

    def __init__(self, input_size: int, hidden_size: int, *, seed: int = 0) -> None:
        self.cell = GRUCell(input_size, hidden_size, seed=seed)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (N, L, I) to y (N, L, H)."""
        self.shape = x.shape
        dtype = np.result_type(x.dtype, np.float32)
        h = np.zeros((len(x), len(self.cell.W_h)), dtype)
        y = np.zeros((*x.shape[:2], h.shape[1]), dtype)
        self.caches = []
        for time in range(x.shape[1]):
            h = self.cell.forward(x[:, time], h)
            y[:, time] = h
            self.caches.append(self.cell.cache)
        return y

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (N, L, H) to x_bar (N, L, I); leave the cell's gradients behind."""
        x_bar = np.zeros(self.shape, y_bar.dtype)
        h_bar = np.zeros((y_bar.shape[0], y_bar.shape[2]), y_bar.dtype)
        steps = []
        for time in reversed(range(y_bar.shape[1])):
            self.cell.cache = self.caches[time]
            x_bar[:, time], h_bar = self.cell.backward(y_bar[:, time] + h_bar)
            steps.append(parameters.gradients(self.cell))
        parameters.leave_sum(self.cell, steps)
        return x_bar

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `cell.W_x`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
