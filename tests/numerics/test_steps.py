from __future__ import annotations

import numpy as np
import pytest

from gradcheck.numerics.steps import EPSILON, KINK_REDUCTION, NOISY, entry_step, magnitude, stencil_step

FLOAT32 = float(np.finfo(np.float32).eps)
FLOAT16 = float(np.finfo(np.float16).eps)


def test_an_exact_function_gets_a_step_far_below_the_optimum_because_of_kinks():
    assert stencil_step(EPSILON) == pytest.approx(EPSILON**0.2 / 2.0 / KINK_REDUCTION, rel=1e-15)


@pytest.mark.parametrize("noise", [FLOAT32, FLOAT16, 1e-5], ids=["float32", "float16", "1e-5"])
def test_a_noisy_function_gets_the_optimum_itself(noise):
    assert stencil_step(noise) == pytest.approx(noise**0.2 / 2.0, rel=1e-15)


@pytest.mark.parametrize("step", [stencil_step, entry_step])
def test_a_noise_below_that_of_float64_counts_as_that_of_float64(step):
    assert step(0.0) == step(EPSILON)


@pytest.mark.parametrize("step", [stencil_step, entry_step])
def test_more_noise_never_means_a_smaller_step(step):
    steps = [step(noise) for noise in np.logspace(-16, -1, 61)]
    assert steps == sorted(steps)


@pytest.mark.parametrize("step", [stencil_step, entry_step])
def test_steps_stay_below_half_the_magnitude_of_what_they_move(step):
    assert 0.0 < step(EPSILON) < step(1.0) <= 0.5


def test_where_noise_decides_is_far_above_the_rounding_of_a_long_sum_and_far_below_float32():
    assert 10.0 * EPSILON < NOISY < FLOAT32 / 1e4


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (np.array([3.0, 4.0]), np.sqrt(12.5)),
        (np.array(-2.0), 2.0),
        (np.full((2, 3), 1e200), 1e200),
        (np.full(4, 1e-300), 1e-300),
        (np.array([0.0, 0.0, 6.0, 0.0]), 3.0),
    ],
    ids=["vector", "scalar", "huge", "tiny", "sparse"],
)
def test_the_magnitude_is_the_root_mean_square(x, expected):
    assert magnitude(x) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    "x",
    [np.zeros((2, 3)), np.zeros((0, 4)), np.array([1.0, np.inf]), np.array([np.nan, 1.0])],
    ids=["zero", "empty", "infinite", "nan"],
)
def test_an_array_without_a_magnitude_of_its_own_is_moved_by_units_of_one(x):
    assert magnitude(x) == 1.0


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e3, 1e6])
def test_the_magnitude_scales_with_the_array(scale):
    x = np.random.default_rng(0).standard_normal((5, 7))
    assert magnitude(scale * x) == pytest.approx(scale * magnitude(x), rel=1e-14)
