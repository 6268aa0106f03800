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


def test_smoothing_by_hand():
    """q = (0.1, 0.9) at s = 0.2 and two classes; p = (1/2, 1/2)."""
    loss = CrossEntropy(label_smoothing=0.2)
    assert loss.forward(np.zeros((1, 2)), np.array([1])) == pytest.approx(math.log(2), rel=1e-15)
    np.testing.assert_allclose(loss.backward(), [[0.4, -0.4]], rtol=1e-14)


def test_what_is_ignored_counts_for_nothing_and_needs_to_be_no_class():
    logits = np.log([[1.0, 3.0], [1.0, 1.0], [5.0, 2.0]])
    loss, without = CrossEntropy(ignore_index=-100), CrossEntropy()
    assert loss.forward(logits, np.array([1, -100, 0])) == without.forward(logits[[0, 2]], np.array([1, 0]))
    gradient = loss.backward()
    assert gradient[1].tolist() == [0.0, 0.0]
    assert np.array_equal(gradient[[0, 2]], without.backward())


def test_targets_that_are_all_ignored_are_refused():
    with pytest.raises(ValueError, match="every target is ignore_index=1, there is nothing to take the mean of"):
        CrossEntropy(ignore_index=1).forward(np.zeros((2, 3)), np.array([1, 1]))


def test_a_class_that_is_ruled_out_is_no_matter_unless_it_is_the_target():
    assert CrossEntropy().forward(np.array([[0.0, -np.inf, 0.0]]), np.array([0])) == pytest.approx(math.log(2))


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_smoothing_that_is_no_share_is_refused(share):
    with pytest.raises(ValueError, match=rf"label_smoothing={share} is no share"):
        CrossEntropy(label_smoothing=share)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("ignore_index", [None, -100, 2])
@pytest.mark.parametrize("shape", [(5, 4), (2, 3, 4), (6, 3)])
def test_smoothed_and_ignoring_it_agrees_with_torch(assert_twins, label_smoothing, ignore_index, shape):
    import torch

    targets = np.random.default_rng(1).integers(0, shape[-1], shape[:-1])
    targets.reshape(-1)[:2] = [0, 0 if ignore_index is None else ignore_index]
    ignored = -1 if ignore_index is None else ignore_index

    def twin(weights, logits):
        del weights
        rows, flat = logits.reshape(-1, shape[-1]), torch.tensor(targets).reshape(-1)
        return torch.nn.functional.cross_entropy(rows, flat, ignore_index=ignored, label_smoothing=label_smoothing)

    layer = CrossEntropy(label_smoothing=label_smoothing, ignore_index=ignore_index)
    assert_twins(layer, twin, shape, roundings=2 * shape[-1] + targets.size + 20, constants=[targets])
