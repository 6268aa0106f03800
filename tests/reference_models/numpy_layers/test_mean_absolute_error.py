from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import MeanAbsoluteError


def test_where_nothing_is_wrong_the_gradient_is_zero():
    loss = MeanAbsoluteError()
    assert loss.forward(np.array([1.0, 2.0]), np.array([1.0, 4.0])) == 1.0
    assert loss.backward().tolist() == [0.0, -0.5]


def test_shapes_that_would_broadcast_are_refused():
    with pytest.raises(ValueError, match=r"prediction \(2, 1\) and target \(2,\) differ in shape"):
        MeanAbsoluteError().forward(np.ones((2, 1)), np.ones(2))


@pytest.mark.parametrize("shape", [(7,), (1, 1), (2, 3, 4)])
def test_it_agrees_with_torch(assert_twins, shape):
    import torch

    target = np.random.default_rng(1).integers(-2, 3, shape).astype(float)

    def twin(weights, prediction):
        del weights
        return torch.nn.functional.l1_loss(prediction, torch.tensor(target))

    assert_twins(MeanAbsoluteError(), twin, shape, roundings=target.size + 3, constants=[target])
