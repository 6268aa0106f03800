from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers import ELU, SELU


def test_by_hand():
    """At -log 2: alpha (1/2 - 1), and the slope alpha / 2."""
    layer = ELU(3.0)
    assert layer.forward(np.array([-math.log(2), 2.0])) == pytest.approx([-1.5, 2.0], rel=1e-14)
    assert layer.backward(np.array([1.0, 1.0])) == pytest.approx([1.5, 1.0], rel=1e-14)


@pytest.mark.parametrize("cls", [ELU, SELU])
def test_nothing_overflows_on_either_side(cls):
    layer = cls()
    y = layer.forward(np.array([-1e4, 1e4]))
    assert np.isfinite(y).all()
    assert layer.backward(np.ones(2))[0] == 0.0


def test_a_self_normalising_layer_keeps_mean_and_variance():
    y = SELU().forward(np.random.default_rng(0).standard_normal(200_000))
    assert y.mean() == pytest.approx(0.0, abs=0.01)
    assert y.var() == pytest.approx(1.0, abs=0.02)
