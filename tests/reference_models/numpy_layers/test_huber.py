from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import Huber


def test_it_is_half_the_square_and_then_a_line():
    loss = Huber(1.0)
    assert loss.forward(np.array([0.5, 1.0, 3.0]), np.zeros(3)) == pytest.approx((0.125 + 0.5 + 2.5) / 3)
    assert (3 * loss.backward()).tolist() == [0.5, 1.0, 1.0]


@pytest.mark.parametrize("delta", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("shape", [(7,), (1, 1), (2, 3, 4)])
def test_it_agrees_with_torch(assert_twins, shape, delta):
    import torch

    target = np.random.default_rng(1).integers(-2, 3, shape).astype(float)

    def twin(weights, prediction):
        del weights
        return torch.nn.functional.huber_loss(prediction, torch.tensor(target), delta=delta)

    assert_twins(Huber(delta), twin, shape, roundings=target.size + 6, constants=[target])
