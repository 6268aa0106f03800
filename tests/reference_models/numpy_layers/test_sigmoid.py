from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import Sigmoid


def test_by_hand():
    """Sigmoid(log 3) = 3/4, and 3/4 * 1/4 = 3/16."""
    layer = Sigmoid()
    assert layer.forward(np.log([3.0, 1 / 3]))[:] == pytest.approx([0.75, 0.25], rel=1e-15)
    assert layer.backward(np.array([16.0, -32.0])) == pytest.approx([3.0, -6.0], rel=1e-15)


def test_large_values_neither_overflow_nor_lose_the_small_side():
    layer = Sigmoid()
    y = layer.forward(np.array([-1e4, -700.0, 700.0, 1e4]))
    assert y[[0, 2, 3]].tolist() == [0.0, 1.0, 1.0]
    assert y[1] == pytest.approx(np.exp(-700.0), rel=1e-12, abs=0)
    assert layer.backward(np.ones(4))[[0, 2, 3]].tolist() == [0.0, 0.0, 0.0]
