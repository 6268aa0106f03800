from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers import SinusoidalEncoding


@pytest.mark.parametrize("features", [1, 4, 5])
def test_each_entry_by_its_formula(features):
    y = SinusoidalEncoding().forward(np.zeros((3, features)))
    for position in range(3):
        for column in range(features):
            angle = position / 10000 ** ((column - column % 2) / features)
            wave = math.cos if column % 2 else math.sin
            assert y[position, column] == pytest.approx(wave(angle), rel=1e-14, abs=1e-16)


def test_it_is_added_and_hands_the_gradient_through():
    layer = SinusoidalEncoding()
    x, y_bar = np.random.default_rng(0).standard_normal((2, 2, 3, 4))
    assert np.array_equal(layer.forward(x), x + layer.forward(np.zeros((3, 4))))
    assert np.array_equal(layer.backward(y_bar), y_bar)


def test_it_agrees_with_torch(assert_twins):
    import torch

    rate = 10000.0 ** (-np.arange(0, 6, 2) / 6)

    def twin(weights, x):
        del weights
        angles = torch.arange(5.0, dtype=torch.float64)[:, None] * torch.tensor(rate)
        return x + torch.stack([torch.sin(angles), torch.cos(angles)], dim=-1).flatten(-2)

    assert_twins(SinusoidalEncoding(), twin, (2, 5, 6), roundings=3)
