from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers import CrossEntropy


def test_by_hand():
    """p = (1/4, 3/4) and (1/2, 1/2); the targets' are 3/4 and 1/2; the mean is over 2 rows."""
    loss = CrossEntropy()
    value = loss.forward(np.log([[1.0, 3.0], [1.0, 1.0]]), np.array([1, 0]))
    assert value == pytest.approx(-(math.log(3 / 4) + math.log(1 / 2)) / 2, rel=1e-15)
    np.testing.assert_allclose(loss.backward(), [[0.125, -0.125], [-0.25, 0.25]], rtol=1e-14)


def test_the_loss_is_a_float():
    assert isinstance(CrossEntropy().forward(np.zeros((1, 2)), np.array([0])), float)


def test_a_sure_and_wrong_answer_costs_its_margin_without_overflow():
    assert CrossEntropy().forward(np.array([[0.0, 1e4]]), np.array([0])) == 1e4


def test_the_mean_is_over_all_leading_axes():
    loss = CrossEntropy()
    assert loss.forward(np.zeros((2, 3, 4)), np.zeros((2, 3), int)) == pytest.approx(math.log(4), rel=1e-15)
    assert loss.backward()[1, 2] == pytest.approx(np.array([-0.75, 0.25, 0.25, 0.25]) / 6, rel=1e-14)


def test_targets_that_are_no_integers_are_refused():
    with pytest.raises(TypeError, match="targets are float64, expected integer class numbers"):
        CrossEntropy().forward(np.zeros((2, 3)), np.array([0.0, 1.0]))


@pytest.mark.parametrize("shape", [(2, 1), (3,), ()])
def test_targets_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"do not fit logits \(2, 3\), expected \(2,\)"):
        CrossEntropy().forward(np.zeros((2, 3)), np.zeros(shape, int))


@pytest.mark.parametrize("targets", [[0, 3], [-1, 0]])
def test_targets_that_are_no_class_are_refused(targets):
    with pytest.raises(ValueError, match=r"expected 0 \.\. 2"):
        CrossEntropy().forward(np.zeros((2, 3)), np.array(targets))
