from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers import KLDivergence


def test_it_is_zero_between_a_distribution_and_itself():
    p = np.array([[0.5, 0.5], [0.25, 0.75]])
    assert KLDivergence().forward(np.log(p), p) == 0.0


def test_by_hand():
    """1/2 log(1/2 : 1/4) + 1/2 log(1/2 : 3/4)."""
    loss = KLDivergence()
    value = loss.forward(np.log([[0.25, 0.75]]), np.array([[0.5, 0.5]]))
    assert value == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3), rel=1e-14)
    assert loss.backward().tolist() == [[-0.5, -0.5]]


def test_a_negative_target_is_refused():
    with pytest.raises(ValueError, match=r"the least target is -0\.5, expected probabilities"):
        KLDivergence().forward(np.zeros((1, 2)), np.array([[-0.5, 1.5]]))


@pytest.mark.parametrize("shape", [(5, 4), (1, 3), (4, 1)])
def test_it_agrees_with_torch(assert_twins, shape):
    import torch

    target = np.random.default_rng(1).integers(0, 5, shape) / 4

    def twin(weights, log_p):
        del weights
        return torch.nn.functional.kl_div(log_p, torch.tensor(target), reduction="batchmean")

    assert_twins(KLDivergence(), twin, shape, roundings=target.size + 6, constants=[target])
