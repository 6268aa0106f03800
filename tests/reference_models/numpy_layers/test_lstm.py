from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import LSTM


@pytest.mark.parametrize("shape", [(2, 4, 3), (1, 1, 1), (3, 2, 1)])
def test_it_agrees_with_torch(assert_twins, shape):
    import torch

    batch, length, incoming = shape
    module = torch.nn.LSTM(incoming, 2, batch_first=True, dtype=torch.float64)

    def twin(weights, x):
        mapped = {"weight_ih_l0": weights["cell.W_x"].T, "weight_hh_l0": weights["cell.W_h"].T}
        mapped |= {"bias_ih_l0": weights["cell.b"], "bias_hh_l0": torch.zeros(8, dtype=torch.float64)}
        return torch.func.functional_call(module, mapped, (x,))[0]

    assert_twins(LSTM(incoming, 2), twin, shape, roundings=length * (incoming + 5 * 2 + 40) + batch * length)


def test_what_comes_later_changes_nothing():
    x = np.random.default_rng(0).standard_normal((1, 4, 3))
    layer = LSTM(3, 2)
    assert np.array_equal(layer.forward(x)[:, :2], layer.forward(x[:, :2]))


def test_no_time_at_all_gives_gradients_of_zero():
    layer = LSTM(3, 2)
    assert layer.forward(np.zeros((5, 0, 3))).shape == (5, 0, 2)
    assert layer.backward(np.zeros((5, 0, 2))).shape == (5, 0, 3)
    assert not any(gradient.any() for gradient in layer.gradients().values())
