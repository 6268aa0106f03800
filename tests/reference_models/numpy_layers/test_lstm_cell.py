from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import LSTMCell

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=8)


def test_an_open_forget_gate_and_a_closed_input_gate_keep_the_memory():
    cell = LSTMCell(1, 1)
    cell.W_x[...], cell.W_h[...], cell.b = 0.0, 0.0, np.array([-800.0, 800.0, 0.0, 800.0])
    h, c = cell.forward(np.array([[5.0]]), np.array([[0.3]]), np.array([[0.5]]))
    assert c.tolist() == [[0.5]]
    assert h.tolist() == [[np.tanh(0.5)]]
    assert cell.backward(np.zeros((1, 1)), np.array([[7.0]]))[2].tolist() == [[7.0]]


@EXAMPLES
@given(sizes=st.tuples(*[st.integers(1, 4)] * 3))
def test_it_agrees_with_torch(assert_twins, sizes):
    import torch

    batch, incoming, hidden = sizes

    def twin(weights, x, h, c):
        no_bias = torch.zeros(4 * hidden, dtype=torch.float64)
        return torch.lstm_cell(x, (h, c), weights["W_x"].T, weights["W_h"].T, weights["b"], no_bias)

    shapes = [(batch, incoming), (batch, hidden), (batch, hidden)]
    assert_twins(LSTMCell(incoming, hidden), twin, *shapes, roundings=incoming + 5 * hidden + batch + 40)
