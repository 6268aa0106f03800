from __future__ import annotations

import numpy as np

from reference_models.numpy_layers.standardisation import standardise, standardise_backward


def test_mean_and_variance_are_zero_and_one():
    x_hat, deviation = standardise(np.random.default_rng(0).standard_normal((4, 5, 6)), (0, 2), 0.0)
    assert deviation.shape == (1, 5, 1)
    np.testing.assert_allclose(x_hat.mean(axis=(0, 2)), np.zeros(5), atol=1e-15)
    np.testing.assert_allclose(x_hat.var(axis=(0, 2)), np.ones(5), rtol=1e-14)


def test_moving_and_stretching_the_input_changes_nothing_so_the_gradient_has_no_part_along_either():
    rng = np.random.default_rng(0)
    x, g = rng.standard_normal((2, 4, 6))
    x_hat, deviation = standardise(x, -1, 0.0)
    x_bar = standardise_backward(g, x_hat, deviation, -1)
    np.testing.assert_allclose(x_bar.sum(axis=-1), np.zeros(4), atol=1e-14)
    np.testing.assert_allclose((x_bar * x).sum(axis=-1), np.zeros(4), atol=1e-14)
