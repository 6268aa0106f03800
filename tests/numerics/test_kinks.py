from __future__ import annotations

import numpy as np
import pytest

from gradcheck.numerics.kinks import kinked
from gradcheck.numerics.stencils import evaluate
from gradcheck.numerics.steps import EPSILON, stencil_step

STEP = stencil_step(EPSILON)
#: A value far larger than the kink's own effect, and a slope, as a real output has them.
OFFSET, SLOPE = 3.0, 0.7

#: Piecewise smooth functions of one variable with their only kink, of very different strength, at 0.
BROKEN = {
    "ReLU": lambda t: np.maximum(t, 0.0),
    "leaky ReLU": lambda t: np.where(t > 0.0, t, 0.01 * t) * 50.0,
    "absolute value": np.abs,
    "maximum of two": lambda t: np.maximum(np.sin(t), -2.0 * t),
    "clip": lambda t: np.minimum(t, 0.0),
    "jump": lambda t: (t > 0.0) * 1.0,
    "scaled exponential": lambda t: np.where(t > 0.0, t, 1.67 * np.expm1(t)),
}

SMOOTH = {
    "linear": lambda t: 2.0 + 3.0 * t,
    "square at its minimum": lambda t: t * t,
    "cube at its inflection": lambda t: t**3,
    "constant": lambda t: 1.0 + 0.0 * t,
    "zero": lambda t: 0.0 * t,
    "exponential": lambda t: np.exp(3.0 + t),
    "fast sine": lambda t: np.sin(20.0 * (0.3 + t)),
    "seventh power": lambda t: (1.3 + t) ** 7,
    "saturated tanh": lambda t: np.tanh(19.0 + t),
    "logarithm": lambda t: np.log(0.01 + 0.01 * t),
    "root": lambda t: np.sqrt(1e-6 + 1e-6 * t),
    "offset": lambda t: 1e4 + np.sin(t),
    "softplus": lambda t: np.logaddexp(0.0, t),
    "Huber's loss at its seam": lambda t: np.where(np.abs(1 + t) < 1.0, 0.5 * (1 + t) ** 2, np.abs(1 + t) - 0.5),
    "tiny": lambda t: 1e-12 * np.sin(1.0 + t),
}


def stencil(function, step=STEP):
    def along(t):
        return np.atleast_1d(np.asarray(function(t), dtype=np.float64))

    return evaluate(along, step, along(0.0))


def is_kinked(function, noise=EPSILON, step=STEP):
    return bool(kinked(stencil(function, step), noise)[0])


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["ahead", "behind"])
@pytest.mark.parametrize("place", [0.0, 0.1, 0.25, 1.0 / 3.0, 0.5, 2.0 / 3.0, 0.9])
@pytest.mark.parametrize("name", BROKEN)
def test_a_kink_is_found_anywhere_within_the_step(name, place, sign):
    assert is_kinked(lambda t: BROKEN[name](t - sign * place * STEP) + OFFSET + SLOPE * t)


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["ahead", "behind"])
@pytest.mark.parametrize("name", [name for name in BROKEN if name != "jump"])
def test_a_kink_at_exactly_the_step_is_not_seen_and_does_no_harm(name, sign):
    """At the outermost point both branches of the function agree, so the stencil sees one of them alone."""
    met = stencil(lambda t: BROKEN[name](t - sign * STEP) + OFFSET + SLOPE * t)
    inner = stencil(lambda t: BROKEN[name](t - sign * STEP) + OFFSET + SLOPE * t, STEP / 16.0)
    assert kinked(met, EPSILON).tolist() == [False]
    assert float(met.derivative()[0]) == pytest.approx(float(inner.derivative()[0]), rel=1e-6)


@pytest.mark.parametrize("place", [1.01, 2.0, 100.0])
@pytest.mark.parametrize("name", BROKEN)
def test_a_kink_beyond_the_step_is_none(name, place):
    assert not is_kinked(lambda t: BROKEN[name](t - place * STEP) + OFFSET + SLOPE * t)


@pytest.mark.parametrize("step", [STEP, STEP / 16.0, STEP * 16.0], ids=["step", "smaller", "larger"])
@pytest.mark.parametrize("name", SMOOTH)
def test_a_smooth_function_has_no_kink(name, step):
    assert not is_kinked(SMOOTH[name], step=step)


def test_a_smooth_function_has_no_kink_at_any_of_ten_thousand_points():
    x = np.random.default_rng(0).uniform(-3.0, 3.0, 10_000)
    for function in (np.sin, np.exp, np.tanh, np.square, lambda z: z**3, lambda z: 1.0 / (1.0 + np.exp(-z))):
        assert not np.any(kinked(stencil(lambda t, f=function: f(x + t)), EPSILON))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_the_rounding_of_a_narrow_dtype_is_no_kink_once_its_noise_is_known(dtype):
    x = np.random.default_rng(0).uniform(-3.0, 3.0, 1000)
    noise = float(np.finfo(dtype).eps)
    rounded = stencil(lambda t: np.tanh((x + t).astype(dtype)), stencil_step(noise))
    assert not np.any(kinked(rounded, noise))


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6, 1e12])
def test_whether_an_output_is_kinked_does_not_depend_on_its_scale(scale):
    assert is_kinked(lambda t: scale * np.abs(t - STEP / 3.0))
    assert not is_kinked(lambda t: scale * np.sin(1.0 + t))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_output_that_is_not_finite_on_the_stencil_is_marked_and_its_neighbour_is_not(bad):
    met = stencil(lambda t: np.array([bad if t > 0.0 else 1.0, np.sin(1.0 + t)]))
    assert kinked(met, EPSILON).tolist() == [True, False]


def test_outputs_are_marked_one_by_one():
    offsets = np.array([0.0, 1.0, STEP / 3.0, -1.0, 0.9 * STEP])
    assert kinked(stencil(lambda t: np.abs(t - offsets)), EPSILON).tolist() == [True, False, True, False, True]


def test_the_marks_have_the_shape_of_the_output():
    slope = np.ones((2, 3, 1))
    assert kinked(evaluate(lambda t: slope * t, STEP, 0.0 * slope), EPSILON).shape == slope.shape
