from __future__ import annotations

import numpy as np

from reference_models.numpy_layers import LeakyReLU


def test_by_hand():
    layer = LeakyReLU(0.25)
    assert layer.forward(np.array([[-4.0, 0.0, 2.0]])).tolist() == [[-1.0, 0.0, 2.0]]
    assert layer.backward(np.array([[8.0, 4.0, -3.0]])).tolist() == [[2.0, 1.0, -3.0]]


def test_the_slope_is_one_hundredth_by_default():
    assert LeakyReLU().forward(np.array([-1.0])).tolist() == [-0.01]


def test_a_slope_above_one_is_not_taken_for_a_maximum():
    assert LeakyReLU(2.0).forward(np.array([-1.0, 1.0])).tolist() == [-2.0, 1.0]
