from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import CrossEntropy, LogSoftmax, NegativeLogLikelihood


def test_behind_a_log_softmax_it_is_the_cross_entropy():
    logits, targets = np.random.default_rng(0).standard_normal((5, 4)), np.array([0, 3, 1, 1, 2])
    whole, log_softmax, likelihood = CrossEntropy(), LogSoftmax(), NegativeLogLikelihood()
    value = likelihood.forward(log_softmax.forward(logits), targets)
    assert value == pytest.approx(whole.forward(logits, targets), rel=1e-14)
    np.testing.assert_allclose(log_softmax.backward(likelihood.backward()), whole.backward(), rtol=1e-12, atol=1e-16)


def test_an_entry_that_is_not_asked_for_may_be_minus_infinity():
    assert NegativeLogLikelihood().forward(np.array([[-1.0, -np.inf]]), np.array([0])) == 1.0


def test_targets_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"targets \(3,\) do not fit log_p \(2, 3\), expected \(2,\)"):
        NegativeLogLikelihood().forward(np.zeros((2, 3)), np.zeros(3, int))


@pytest.mark.parametrize("ignore_index", [None, 2])
@pytest.mark.parametrize("shape", [(5, 4), (1, 3), (2, 3, 4)])
def test_it_agrees_with_torch(assert_twins, ignore_index, shape):
    import torch

    targets = np.random.default_rng(1).integers(0, shape[-1], shape[:-1])
    targets.reshape(-1)[0] = 0

    def twin(weights, log_p):
        del weights
        rows, flat = log_p.reshape(-1, shape[-1]), torch.tensor(targets).reshape(-1)
        return torch.nn.functional.nll_loss(rows, flat, ignore_index=-1 if ignore_index is None else ignore_index)

    layer = NegativeLogLikelihood(ignore_index=ignore_index)
    assert_twins(layer, twin, shape, roundings=targets.size + 3, constants=[targets])
