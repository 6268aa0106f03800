from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import GRUCell

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=8)


def test_a_closed_update_gate_keeps_the_state():
    cell = GRUCell(1, 1)
    cell.b_x = np.array([0.0, 800.0, 0.0])
    assert cell.forward(np.array([[5.0]]), np.array([[0.3]])).tolist() == [[0.3]]
    assert cell.backward(np.array([[7.0]]))[1].tolist() == [[7.0]]


@EXAMPLES
@given(sizes=st.tuples(*[st.integers(1, 4)] * 3))
def test_it_agrees_with_torch(assert_twins, sizes):
    import torch

    batch, incoming, hidden = sizes

    def twin(weights, x, h):
        return torch.gru_cell(x, h, weights["W_x"].T, weights["W_h"].T, weights["b_x"], weights["b_h"])

    shapes = [(batch, incoming), (batch, hidden)]
    assert_twins(GRUCell(incoming, hidden), twin, *shapes, roundings=incoming + 4 * hidden + batch + 40)
