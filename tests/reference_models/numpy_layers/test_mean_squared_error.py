from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import MeanSquaredError

PREDICTION = np.array([[1.0, 2.0], [3.0, 4.0]])
TARGET = np.array([[1.0, 0.0], [6.0, 0.0]])  # residuals 0, 2, -3, 4; squares 29 in sum


def test_by_hand():
    loss = MeanSquaredError()
    assert loss.forward(PREDICTION, TARGET) == 29 / 4
    assert loss.backward().tolist() == [[0.0, 1.0], [-1.5, 2.0]]


def test_one_half_by_hand():
    loss = MeanSquaredError(half=True)
    assert loss.forward(PREDICTION, TARGET) == 29 / 8
    assert loss.backward().tolist() == [[0.0, 0.5], [-0.75, 1.0]]


def test_the_loss_is_a_float():
    assert isinstance(MeanSquaredError().forward(PREDICTION, TARGET), float)


def test_shapes_that_would_broadcast_are_refused():
    with pytest.raises(ValueError, match=r"prediction \(2, 1\) and target \(2,\) differ in shape"):
        MeanSquaredError().forward(np.ones((2, 1)), np.ones(2))
