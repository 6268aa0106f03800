from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers import BinaryCrossEntropy, BinaryCrossEntropyWithLogits

SHAPES = [(7,), (1, 1), (2, 3, 4)]


def test_the_two_agree_on_one_question():
    logits, target = np.array([-1.0, 0.5, 3.0]), np.array([0.0, 1.0, 0.25])
    p = 1 / (1 + np.exp(-logits))
    of_logits, of_p = BinaryCrossEntropyWithLogits(), BinaryCrossEntropy()
    assert of_logits.forward(logits, target) == pytest.approx(of_p.forward(p, target), rel=1e-14)
    np.testing.assert_allclose(of_logits.backward(), of_p.backward() * p * (1 - p), rtol=1e-13)


def test_a_sure_and_wrong_prediction_costs_a_hundred_and_its_gradient_is_finite():
    loss = BinaryCrossEntropy()
    assert loss.forward(np.array([0.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(100.0)
    assert loss.backward().tolist() == [-5e11, 5e11]


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match=r"predictions span -0\.5 \.\. 0\.5, expected 0 \.\. 1"):
        BinaryCrossEntropy().forward(np.array([-0.5, 0.5]), np.zeros(2))


@pytest.mark.parametrize("logit", [-800.0, 800.0])
def test_sure_logits_do_not_overflow(logit):
    loss = BinaryCrossEntropyWithLogits()
    assert loss.forward(np.array([logit]), np.array([float(logit < 0)])) == 800.0
    assert loss.backward().tolist() == [math.copysign(1.0, logit)]


@pytest.mark.parametrize("shape", SHAPES)
def test_of_probabilities_it_agrees_with_torch(assert_twins, shape):
    import torch

    rng = np.random.default_rng(1)
    target = rng.integers(0, 4, shape) / 4  # below 1: torch refuses what is moved beyond it
    prediction = rng.integers(1, 64, shape) / 64

    def twin(weights, p):
        del weights
        return torch.nn.functional.binary_cross_entropy(p, torch.tensor(target))

    roundings = target.size + 10
    assert_twins(BinaryCrossEntropy(), twin, roundings=roundings, constants=[target], inputs=[prediction])


@pytest.mark.parametrize("shape", SHAPES)
def test_of_logits_it_agrees_with_torch(assert_twins, shape):
    import torch

    target = np.random.default_rng(1).integers(0, 5, shape) / 4

    def twin(weights, logits):
        del weights
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(target))

    layer = BinaryCrossEntropyWithLogits()
    assert_twins(layer, twin, shape, roundings=target.size + 10, constants=[target])
