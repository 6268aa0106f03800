"""One step of a long short-term memory."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.sigmoid import sigmoid


class LSTMCell:
    """c' = f c + i g and h' = o tanh c', with (i, f, g, o) the four parts of a(x W_x + h W_h + b).

    Shapes: x (N, I), h and c (N, H), W_x (I, 4H), W_h (H, 4H), b (4H,); a is tanh for g and the sigmoid for the others.

    c'_bar += h'_bar o (1 - tanh^2 c');  i_bar = c'_bar g,  f_bar = c'_bar c,  g_bar = c'_bar i,  o_bar = h'_bar tanh c'
    and z_bar these four times a', side by side;  dW_x = x^T z_bar,  dW_h = h^T z_bar,  db = sum of z_bar;
    x_bar = z_bar W_x^T,  h_bar = z_bar W_h^T,  c_bar = c'_bar f.

    >>> cell = LSTMCell(3, 2)
    >>> [array.shape for array in cell.forward(np.ones((5, 3)), np.zeros((5, 2)), np.zeros((5, 2)))]
    [(5, 2), (5, 2)]
    >>> [array.shape for array in cell.backward(np.ones((5, 2)), np.zeros((5, 2)))]
    [(5, 3), (5, 2), (5, 2)]

    Args:
        input_size: I.
        hidden_size: H.
        seed: Of the initial weights, uniform in +-1 / sqrt(H); b starts at 0.
    """

    def __init__(self, input_size: int, hidden_size: int, *, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        limit = 1 / np.sqrt(hidden_size)
        self.W_x: np.ndarray = rng.uniform(-limit, limit, (input_size, 4 * hidden_size))
        self.W_h: np.ndarray = rng.uniform(-limit, limit, (hidden_size, 4 * hidden_size))
        self.b: np.ndarray = np.zeros(4 * hidden_size)
        self.dW_x: np.ndarray = np.zeros(self.W_x.shape)
        self.dW_h: np.ndarray = np.zeros(self.W_h.shape)
        self.db: np.ndarray = np.zeros(self.b.shape)

    def forward(self, x: np.ndarray, h: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Map x (N, I), h (N, H) and c (N, H) to h' and c' (N, H)."""
        dtype = np.result_type(x.dtype, np.float32)
        z = (x @ self.W_x + h @ self.W_h + self.b).astype(dtype, copy=False)
        i, f, g, o = np.split(z, 4, axis=-1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c_next: np.ndarray = f * c + i * g
        tanh = np.tanh(c_next)
        # All that backward needs, in one place: whoever takes many steps with one cell keeps one of these per step.
        self.cache = (x, h, c, i, f, g, o, tanh)
        return o * tanh, c_next

    def backward(self, h_next_bar: np.ndarray, c_next_bar: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Map h'_bar and c'_bar (N, H) to x_bar (N, I), h_bar and c_bar (N, H); leave dW_x, dW_h and db behind."""
        x, h, c, i, f, g, o, tanh = self.cache
        c_total = c_next_bar + h_next_bar * o * (1 - tanh**2)
        parts = [
            c_total * g * i * (1 - i),
            c_total * c * f * (1 - f),
            c_total * i * (1 - g**2),
            h_next_bar * tanh * o * (1 - o),
        ]
        z_bar = np.concatenate(parts, axis=-1)
        self.dW_x = x.T @ z_bar
        self.dW_h = h.T @ z_bar
        self.db = z_bar.sum(axis=0)
        x_bar: np.ndarray = z_bar @ self.W_x.T
        h_bar: np.ndarray = z_bar @ self.W_h.T
        dtype = tanh.dtype
        return x_bar.astype(dtype, copy=False), h_bar.astype(dtype, copy=False), c_total * f
