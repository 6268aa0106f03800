"""One step of a gated recurrent unit."""

from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.sigmoid import sigmoid


class GRUCell:
    """h' = (1 - z) n + z h with n = tanh(u_n + r v_n), r = s(u_r + v_r), z = s(u_z + v_z).

    Shapes: x (N, I), h (N, H), W_x (I, 3H), W_h (H, 3H), b_x and b_h (3H,); (u_r, u_z, u_n) are the three parts of
    u = x W_x + b_x, and (v_r, v_z, v_n) those of v = h W_h + b_h; s is the sigmoid.

    n_bar = h'_bar (1 - z) (1 - n^2),  r_bar = n_bar v_n r (1 - r),  z_bar = h'_bar (h - n) z (1 - z), before their
    activations;  u_bar = (r_bar, z_bar, n_bar),  v_bar = (r_bar, z_bar, r n_bar);  dW_x = x^T u_bar,  dW_h = h^T v_bar;
    db_x and db_h sum u_bar and v_bar;  x_bar = u_bar W_x^T,  h_bar = v_bar W_h^T + h'_bar z.

    >>> cell = GRUCell(3, 2)
    >>> cell.forward(np.ones((5, 3)), np.zeros((5, 2))).shape
    (5, 2)
    >>> [array.shape for array in cell.backward(np.ones((5, 2)))]
    [(5, 3), (5, 2)]

    Args:
        input_size: I.
        hidden_size: H.
        seed: Of the initial weights, uniform in +-1 / sqrt(H); b_x and b_h start at 0.
    """

    def __init__(self, input_size: int, hidden_size: int, *, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        limit = 1 / np.sqrt(hidden_size)
        self.W_x: np.ndarray = rng.uniform(-limit, limit, (input_size, 3 * hidden_size))
        self.W_h: np.ndarray = rng.uniform(-limit, limit, (hidden_size, 3 * hidden_size))
        self.b_x: np.ndarray = np.zeros(3 * hidden_size)
        self.b_h: np.ndarray = np.zeros(3 * hidden_size)
        self.dW_x: np.ndarray = np.zeros(self.W_x.shape)
        self.dW_h: np.ndarray = np.zeros(self.W_h.shape)
        self.db_x: np.ndarray = np.zeros(self.b_x.shape)
        self.db_h: np.ndarray = np.zeros(self.b_h.shape)

    def forward(self, x: np.ndarray, h: np.ndarray) -> np.ndarray:
        """Map x (N, I) and h (N, H) to h' (N, H)."""
        dtype = np.result_type(x.dtype, np.float32)
        u_r, u_z, u_n = np.split((x @ self.W_x + self.b_x).astype(dtype, copy=False), 3, axis=-1)
        v_r, v_z, v_n = np.split((h @ self.W_h + self.b_h).astype(dtype, copy=False), 3, axis=-1)
        r, z = sigmoid(u_r + v_r), sigmoid(u_z + v_z)
        n = np.tanh(u_n + r * v_n)
        # All that backward needs, in one place: whoever takes many steps with one cell keeps one of these per step.
        self.cache = (x, h, r, z, n, v_n)
        h_next: np.ndarray = (1 - z) * n + z * h
        return h_next

    def backward(self, h_next_bar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Map h'_bar (N, H) to x_bar (N, I) and h_bar (N, H); leave dW_x, dW_h, db_x and db_h behind."""
        x, h, r, z, n, v_n = self.cache
        n_bar = h_next_bar * (1 - z) * (1 - n**2)
        r_bar = n_bar * v_n * r * (1 - r)
        z_bar = h_next_bar * (h - n) * z * (1 - z)
        u_bar = np.concatenate([r_bar, z_bar, n_bar], axis=-1)
        v_bar = np.concatenate([r_bar, z_bar, r * n_bar], axis=-1)
        self.dW_x = x.T @ u_bar
        self.dW_h = h.T @ v_bar
        self.db_x = u_bar.sum(axis=0)
        self.db_h = v_bar.sum(axis=0)
        x_bar: np.ndarray = u_bar @ self.W_x.T
        h_bar: np.ndarray = v_bar @ self.W_h.T + h_next_bar * z
        return x_bar.astype(n.dtype, copy=False), h_bar.astype(n.dtype, copy=False)
