from __future__ import annotations

import numpy as np

from reference_models.numpy_layers import ReLU


def test_negative_entries_and_zero_let_no_gradient_through():
    layer = ReLU()
    assert layer.forward(np.array([[-1.5, 0.0], [2.0, 0.25]])).tolist() == [[0.0, 0.0], [2.0, 0.25]]
    assert layer.backward(np.array([[1.0, 2.0], [3.0, -4.0]])).tolist() == [[0.0, 0.0], [3.0, -4.0]]


def test_a_number_that_is_none_stays_one():
    assert np.isnan(ReLU().forward(np.array([np.nan]))[0])


def test_an_infinite_gradient_of_a_dead_entry_is_zero():
    layer = ReLU()
    layer.forward(np.array([-1.0, 1.0]))
    assert layer.backward(np.array([np.inf, np.inf])).tolist() == [0.0, np.inf]
