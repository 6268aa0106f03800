from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers import GELU, TanhGELU


def test_the_exact_one_at_one_by_hand():
    """P(1) = 0.841344746068543, p(1) = 0.241970724519143 from tables of the normal distribution."""
    layer = GELU()
    assert layer.forward(np.array([1.0]))[0] == pytest.approx(0.841344746068543, rel=1e-14)
    assert layer.backward(np.array([2.0]))[0] == pytest.approx(2 * (0.841344746068543 + 0.241970724519143), rel=1e-14)


def test_the_exact_one_keeps_its_digits_far_left_of_zero():
    """P(-10) = 7.61985302416053e-24, where 1 + erf is 0."""
    assert GELU().forward(np.array([-10.0]))[0] == pytest.approx(-7.61985302416053e-23, rel=1e-13, abs=0)


def test_the_approximation_at_one_by_hand():
    layer = TanhGELU()
    tanh = math.tanh(math.sqrt(2 / math.pi) * 1.044715)
    slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715)
    assert layer.forward(np.array([1.0]))[0] == pytest.approx((1 + tanh) / 2, rel=1e-14)
    assert layer.backward(np.array([1.0]))[0] == pytest.approx((1 + tanh) / 2 + (1 - tanh**2) * slope / 2, rel=1e-14)


def test_the_approximation_is_close_but_another_function():
    x = np.linspace(-4, 4, 801)
    distance = np.abs(GELU().forward(x) - TanhGELU().forward(x)).max()
    assert 1e-4 < distance < 1e-3


@pytest.mark.parametrize("cls", [GELU, TanhGELU])
def test_it_is_zero_on_the_far_left_and_x_on_the_far_right(cls):
    layer = cls()
    assert layer.forward(np.array([-50.0, 50.0])).tolist() == [0.0, 50.0]
    assert layer.backward(np.array([1.0, 1.0])).tolist() == [0.0, 1.0]
