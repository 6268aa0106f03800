from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers import Tanh


def test_by_hand():
    """Tanh(log 2) = (4 - 1) / (4 + 1) = 0.6, and 1 - 0.36 = 0.64."""
    layer = Tanh()
    assert layer.forward(np.array([math.log(2), -math.log(2)])) == pytest.approx([0.6, -0.6], rel=1e-15)
    assert layer.backward(np.array([100.0, 1.0])) == pytest.approx([64.0, 0.64], rel=1e-14)
