from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers import SiLU


def test_by_hand():
    """s(log 3) = 3/4: y = 3/4 log 3, and the slope 3/4 (1 + log 3 / 4)."""
    layer = SiLU()
    assert layer.forward(np.array([math.log(3)])) == pytest.approx(0.75 * math.log(3), rel=1e-14)
    assert layer.backward(np.array([4.0])) == pytest.approx(3 * (1 + math.log(3) / 4), rel=1e-14)
