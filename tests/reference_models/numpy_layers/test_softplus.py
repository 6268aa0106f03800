from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers import Softplus


def test_by_hand():
    layer = Softplus()
    assert layer.forward(np.array([math.log(3), -800.0, 800.0])) == pytest.approx([math.log(4), 0.0, 800.0], rel=1e-14)
    assert layer.backward(np.array([4.0, 4.0, 4.0])) == pytest.approx([3.0, 0.0, 4.0], rel=1e-14)


def test_it_stays_smooth_where_others_switch_to_the_identity():
    y = Softplus().forward(np.array([21.0]))[0]
    assert y - 21.0 == pytest.approx(math.exp(-21.0), rel=1e-4)
