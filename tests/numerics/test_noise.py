from __future__ import annotations

import numpy as np
import pytest

from gradcheck.numerics import sampling, steps
from gradcheck.numerics.noise import UNREPEATABLE, measure, relative_noise
from gradcheck.numerics.stencils import evaluate
from gradcheck.numerics.steps import EPSILON

SEEDS = range(40)
WEIGHTS = np.arange(15.0).reshape(5, 3) / 7.0 - 1.0

FUNCTIONS = {
    "tanh": np.tanh,
    "affine": lambda x: 3.0 * x + 1.0,
    "matrix product": lambda x: x @ WEIGHTS.astype(x.dtype),
    "softmax": lambda x: np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True),
    "sum of rows": lambda x: np.sum(x, axis=1),
    "mean of squares": lambda x: np.asarray(np.mean(x * x)),
    "rectified": lambda x: np.maximum(x, 0.0),
    "normalised": lambda x: (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True),
}


def line(seed):
    """x and a direction, as the oracle measures along."""
    x = np.random.default_rng(seed).standard_normal((4, 5))
    return x, sampling.direction(sampling.generator(seed, "noise"), x, steps.magnitude(x))


def measured(function, seed):
    x, tangent = line(seed)

    def along(t):
        return np.asarray(function(x + t * tangent), dtype=np.float64)

    return measure(along, along(0.0))


def actual(noisy, exact, seed):
    """Root mean square of what `noisy` adds to `exact` along the line, relative to its typical output."""
    x, tangent = line(seed)
    points = [x + t * tangent for t in np.linspace(-0.01, 0.01, 41)]
    error = np.array([np.asarray(noisy(p), dtype=np.float64) - exact(p) for p in points])
    return float(np.sqrt(np.mean(np.square(error)) / np.mean(np.square(exact(x)))))


def ratios(noisy, exact):
    """Measured over actual noise, smallest and largest over the seeds."""
    found = [measured(noisy, seed) / max(actual(noisy, exact, seed), EPSILON) for seed in SEEDS]
    return min(found), max(found)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_noise_of_a_function_computed_in_a_narrow_dtype_is_hardly_underestimated(name, dtype):
    function = FUNCTIONS[name]
    smallest, largest = ratios(lambda x: function(x.astype(dtype)), function)
    assert smallest > 1.0 / 30.0
    # From above the format's epsilon bounds it: a sum of a few short numbers may be exact in float16.
    assert largest < 100.0


@pytest.mark.parametrize("relative", [1e-12, 1e-9, 1e-6, 1e-4])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_added_pseudo_noise_is_measured_within_a_factor_of_thirty(name, relative):
    function = FUNCTIONS[name]

    def noisy(x):
        y = function(x)
        phase = 1e6 * float(np.sum(np.square(x))) + np.arange(y.size).reshape(y.shape)
        chaos = np.modf(43758.5453 * np.sin(12.9898 * phase))[0]
        return y + relative * np.sqrt(np.mean(np.square(y))) * chaos

    smallest, largest = ratios(noisy, function)
    assert smallest > 1.0 / 30.0
    assert largest < 30.0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_smooth_function_in_float64_counts_as_exact(name):
    assert max(measured(FUNCTIONS[name], seed) for seed in SEEDS) <= 4.0 * EPSILON


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e3, 1e6])
def test_noise_is_relative_to_the_output(scale):
    plain = measured(lambda x: 1.1 * np.tanh(x.astype(np.float32)).astype(np.float64), 0)
    scaled = measured(lambda x: 1.1 * scale * np.tanh(x.astype(np.float32)).astype(np.float64), 0)
    assert scaled == pytest.approx(plain)


def test_outputs_that_are_small_because_large_terms_cancel_do_not_look_noisy():
    def cancelling(x):
        return np.concatenate([x + 1e8, (x + 1e8) - 1e8])

    assert max(measured(cancelling, seed) for seed in SEEDS) <= 4.0 * EPSILON


def test_a_function_that_answers_differently_every_time_cannot_be_differentiated():
    rng = np.random.default_rng(0)
    assert measured(lambda x: x + rng.standard_normal(x.shape), 0) >= UNREPEATABLE


def test_a_function_that_moves_in_jumps_cannot_be_differentiated():
    assert measured(lambda x: np.round(8.0 * x) + 0.0 * x, 0) >= UNREPEATABLE


@pytest.mark.parametrize(
    "function",
    [np.zeros_like, lambda x: np.full(x.shape, 0.1), lambda x: np.zeros((0, 3)), lambda x: np.full(3, np.nan)],
    ids=["zero", "a tenth", "empty", "nan"],
)
def test_nothing_speaks_for_noise_where_nothing_moves(function):
    assert measured(function, 0) == EPSILON


def test_a_constant_that_fits_a_narrow_format_may_be_one_that_the_format_holds_still():
    assert measured(np.ones_like, 0) == np.finfo(np.float16).eps


def test_a_function_that_resolves_its_input_costs_eight_evaluations():
    asked = []
    measure(lambda t: asked.append(t) or np.full(3, 1.0 + t), np.ones(3))
    assert len(asked) == 8


def test_a_kink_in_a_minority_of_outputs_is_no_noise():
    kinked = np.array([True, True, False, False, False])
    base = np.zeros(5)
    stencil = evaluate(lambda t: np.where(kinked, abs(t), 1.0 + t), 1e-4, np.where(kinked, base, 1.0))
    assert relative_noise(stencil) <= 4.0 * EPSILON


def test_outputs_that_are_not_finite_are_left_out():
    stencil = evaluate(lambda t: np.array([np.nan, 1.0 + t, np.inf]), 1e-4, np.array([np.nan, 1.0, np.inf]))
    assert relative_noise(stencil) <= 4.0 * EPSILON
