"""The derived tolerance against functions whose derivatives are known."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.numerics import kinks, sampling
from gradcheck.numerics.noise import measure
from gradcheck.numerics.stencils import evaluate
from gradcheck.numerics.steps import EPSILON, entry_step, magnitude, stencil_step
from gradcheck.numerics.tolerance import entry_bound, gradient_bound, norm, probe_bound

SEEDS = range(25)
SCALES = (1e-6, 1e-3, 1.0, 1e3, 1e6)
SHAPE = (4, 5)


def logistic(z):
    small = np.exp(-np.abs(z))
    return np.where(z < 0.0, small, 1.0) / (1.0 + small)


def log_sum_exp(x):
    largest = np.max(x, axis=1, keepdims=True)
    return (largest + np.log(np.sum(np.exp(x - largest), axis=1, keepdims=True)))[:, 0]


def softmax(x):
    grown = np.exp(x - np.max(x, axis=1, keepdims=True))
    return grown / np.sum(grown, axis=1, keepdims=True)


def inverse_vjp(a, g):
    inverse = np.linalg.inv(a)
    return (-inverse.T @ g @ inverse.T,)


def states(x, w):
    """h[t + 1] = tanh(h[t] W + x[t]) for eight steps, h[0] = 0."""
    h = [np.zeros(x.shape[1:])]
    for step in x:
        h.append(np.tanh(h[-1] @ w + step))
    return h


def recurrence_vjp(x, w, g):
    h, x_bar, w_bar = states(x, w), np.zeros_like(x), np.zeros_like(w)
    for t in reversed(range(len(x))):
        x_bar[t] = g * (1.0 - h[t + 1] ** 2)
        w_bar += h[t].T @ x_bar[t]
        g = x_bar[t] @ w.T
    return x_bar, w_bar


def gaussian(rng, s):
    return (s * rng.standard_normal(SHAPE),)


def positive(rng, s):
    return (s * (0.1 + np.abs(rng.standard_normal(SHAPE))),)


def around(offset):
    return lambda rng, s: (s * (offset + rng.standard_normal(SHAPE)),)


def near_identity(rng, s):
    return (s * (2.0 * np.eye(4) + 0.3 * rng.standard_normal((4, 4))),)


def two(rng, s):
    return (*gaussian(rng, s), *positive(rng, s))


def recurrent(rng, s):
    return s * rng.standard_normal((8, 4, 3)), 0.5 * rng.standard_normal((3, 3))


#: Name -> draw(rng, scale), value(*primals), vjp(*primals, y_bar), scales at which it is defined and the step
#: resolves it (what becomes of sin(20 x) at 1e3 is in tests/judging/test_judge.py).
TABLE = {
    "log": (positive, np.log, lambda x, g: (g / x,), SCALES),
    "sqrt": (positive, np.sqrt, lambda x, g: (g / (2.0 * np.sqrt(x)),), SCALES),
    "exp": (gaussian, np.exp, lambda x, g: (g * np.exp(x),), SCALES[:3]),
    "sin 20 x": (gaussian, lambda x: np.sin(20.0 * x), lambda x, g: (20.0 * g * np.cos(20.0 * x),), SCALES[:3]),
    "x^7": (gaussian, lambda x: x**7, lambda x, g: (7.0 * g * x**6,), SCALES),
    "logsumexp near 1000": (around(1e3), log_sum_exp, lambda x, g: (g[:, None] * softmax(x),), SCALES),
    "logsumexp of x + 1000": (
        gaussian,
        lambda x: log_sum_exp(x + 1e3),
        lambda x, g: (g[:, None] * softmax(x + 1e3),),
        SCALES,
    ),
    "saturated tanh": (
        gaussian,
        lambda x: np.tanh(10.0 * x),
        lambda x, g: (10.0 * g * (1.0 - np.tanh(10.0 * x) ** 2),),
        SCALES,
    ),
    "sum near 10,000": (
        around(1e4),
        lambda x: np.sum(x, axis=1),
        lambda x, g: (g[:, None] * np.ones_like(x),),
        SCALES,
    ),
    "sum of x + 10,000": (
        gaussian,
        lambda x: np.sum(x + 1e4, axis=1),
        lambda x, g: (g[:, None] * np.ones_like(x),),
        SCALES,
    ),
    "matrix inverse": (near_identity, np.linalg.inv, inverse_vjp, SCALES),
    "eight-step recurrence": (recurrent, lambda x, w: states(x, w)[-1], recurrence_vjp, SCALES),
    "softplus": (gaussian, lambda x: np.logaddexp(0.0, x), lambda x, g: (g * logistic(x),), SCALES),
    "Huber": (
        gaussian,
        lambda x: np.where(np.abs(x) < 1.0, 0.5 * x * x, np.abs(x) - 0.5),
        lambda x, g: (g * np.clip(x, -1.0, 1.0),),
        SCALES,
    ),
    "norm": (
        gaussian,
        lambda x: np.linalg.norm(x, axis=1),
        lambda x, g: (g[:, None] * x / np.linalg.norm(x, axis=1, keepdims=True),),
        SCALES,
    ),
    "division": (two, np.divide, lambda a, b, g: (g / b, -g * a / b**2), SCALES),
}
CASES = [(name, scale) for name, row in TABLE.items() for scale in row[3]]
#: A gradient that is right to rounding but small beside the rounding of its own function decides nothing.
SWALLOWED = {
    ("exp", 1e-6),
    ("logsumexp of x + 1000", 1e-6),
    ("logsumexp of x + 1000", 1e-3),
    ("sum of x + 10,000", 1e-6),
    ("sum of x + 10,000", 1e-3),
    ("softplus", 1e-6),
    ("saturated tanh", 1e3),
    ("saturated tanh", 1e6),
    ("eight-step recurrence", 1e3),
    ("eight-step recurrence", 1e6),
}


def probe(name, scale, seed):
    """The error of a right VJP along one direction, what is allowed, and the size of what is measured."""
    draw, value, vjp, _ = TABLE[name]
    rng = np.random.default_rng([seed, 7])
    primals = draw(rng, scale)
    tangents = [sampling.direction(rng, x, magnitude(x)) for x in primals]

    def along(t):
        return value(*(x + t * d for x, d in zip(primals, tangents, strict=True)))

    with np.errstate(all="ignore"):
        base = value(*primals)
        noise = measure(along, base)
        stencil = evaluate(along, stencil_step(noise), base)
    cotangent = np.where(kinks.kinked(stencil, noise), 0.0, sampling.gaussian(rng, base.shape))
    used = cotangent != 0.0
    expected = float(np.sum(cotangent[used] * stencil.derivative()[used]))
    gradients = vjp(*primals, cotangent)
    actual = float(sum(np.sum(g * d) for g, d in zip(gradients, tangents, strict=True)))
    allowed = probe_bound(stencil, cotangent, noise) + sum(
        gradient_bound(g, x, d, stencil.step, max(noise, EPSILON))
        for g, x, d in zip(gradients, primals, tangents, strict=True)
    )
    return abs(actual - expected), allowed, abs(actual)


@pytest.mark.parametrize(("name", "scale"), CASES)
def test_the_tolerance_bounds_the_error_of_a_right_gradient(name, scale):
    probes = [probe(name, scale, seed) for seed in SEEDS]
    assert all(error <= allowed for error, allowed, _ in probes)


@pytest.mark.parametrize(("name", "scale"), [case for case in CASES if case not in SWALLOWED])
def test_an_error_of_one_in_a_thousand_exceeds_the_tolerance_in_nearly_all_probes(name, scale):
    probes = [probe(name, scale, seed) for seed in SEEDS]
    assert sum(1e-3 * size > error + allowed for error, allowed, size in probes) >= 0.9 * len(probes)


@pytest.mark.parametrize(("name", "scale"), sorted(SWALLOWED))
def test_where_rounding_swallows_the_gradient_the_tolerance_says_so(name, scale):
    probes = [probe(name, scale, seed) for seed in SEEDS]
    assert any(allowed > 1e-3 * size for _, allowed, size in probes)


def line(function, step, x=1.0):
    x = np.asarray(x, dtype=np.float64)
    return evaluate(lambda t: function(x + t), step, function(x))


@pytest.mark.parametrize("step", [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (np.exp, np.exp),
        (np.sin, np.cos),
        (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
        (np.reciprocal, lambda x: -1.0 / x**2),
    ],
    ids=["exp", "sin", "sqrt", "1/x"],
)
def test_truncation_and_rounding_of_the_stencil_are_bounded_at_every_step(function, derivative, step):
    x = np.random.default_rng(0).uniform(0.5, 2.0, 200)
    for position in range(x.size):
        stencil = line(function, step, x[position : position + 1])
        error = abs(float(stencil.derivative()[0] - derivative(x[position])))
        assert error <= probe_bound(stencil, np.ones(1), EPSILON)


def test_a_stencil_of_a_noisy_function_is_allowed_more():
    stencil = line(np.sin, 1e-3)
    bounds = [probe_bound(stencil, np.ones(()), noise) for noise in (EPSILON, 1e-12, 1e-7)]
    assert bounds[0] < bounds[1] < bounds[2]
    assert bounds[2] / bounds[1] == pytest.approx(1e5, rel=1e-2)


def test_the_noise_of_a_constant_large_output_does_not_count_where_its_cotangent_is_zero():
    stencil = evaluate(lambda t: np.array([1e12 + t, 1.0 + t]), 1e-4, np.array([1e12, 1.0]))
    one = probe_bound(stencil, np.array([0.0, 1.0]), EPSILON)
    assert one < 1e-8 < probe_bound(stencil, np.array([1.0, 1.0]), EPSILON)


def test_an_output_that_is_not_finite_does_not_spoil_the_bound_where_its_cotangent_is_zero():
    stencil = evaluate(lambda t: np.array([np.nan, 1.0 + t]), 1e-4, np.array([np.nan, 1.0]))
    assert 0.0 < probe_bound(stencil, np.array([0.0, 1.0]), EPSILON) < 1e-8


def test_truncation_errors_that_cancel_by_chance_are_still_allowed_for():
    curved = line(lambda x: np.array([np.exp(30.0 * x), np.exp(30.0 * x)]), 1e-2)
    single = line(lambda x: np.array([np.exp(30.0 * x)]), 1e-2)
    assert probe_bound(curved, np.array([1.0, -1.0]), EPSILON) >= probe_bound(single, np.ones(1), EPSILON)


def test_nothing_is_allowed_where_no_output_is_used():
    assert probe_bound(line(np.sin, 1e-3), np.zeros(()), EPSILON) == 0.0


@pytest.mark.parametrize("scale", [1e-200, 1e-6, 1e6, 1e200])
def test_a_bound_scales_with_the_output(scale):
    plain = probe_bound(line(np.sin, 1e-3), np.ones(()), EPSILON)
    assert probe_bound(line(lambda x: scale * np.sin(x), 1e-3), np.ones(()), EPSILON) == pytest.approx(
        scale * plain, rel=0.02
    )


def test_the_rounding_of_where_forward_was_evaluated_is_seen_through_the_gradient():
    gradient, tangent = np.array([2.0]), np.zeros(1)
    far = gradient_bound(gradient, np.array([1e6]), tangent, 1e-4, EPSILON)
    assert far == pytest.approx(8.0 * 0.5 * EPSILON * 2e6 / (1e-4 / 4.0))
    assert gradient_bound(gradient, np.zeros(1), tangent, 1e-4, EPSILON) == 0.0


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_gradient_computed_in_a_narrow_dtype_is_allowed_its_rounding_and_little_more(dtype):
    rng = np.random.default_rng(0)
    gradient, tangent = rng.standard_normal(500), rng.standard_normal(500)
    precision = float(np.finfo(dtype).eps)
    allowed = gradient_bound(gradient, np.zeros(500), tangent, 1e-4, precision)
    error = abs(float(np.sum((gradient.astype(dtype).astype(np.float64) - gradient) * tangent)))
    assert error < allowed < 1e4 * error


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    ("function", "derivative"),
    [(np.tanh, lambda x: 1.0 - np.tanh(x) ** 2), (np.sin, np.cos), (np.exp, np.exp)],
    ids=["tanh", "sin", "exp"],
)
def test_the_error_of_a_two_point_difference_is_bounded(function, derivative, scale):
    """x = scale * u; functions of u, whose third derivatives are of order one in units of the step."""
    u = np.random.default_rng(0).uniform(-2.0, 2.0, 400)
    step = entry_step(EPSILON)
    difference = (function(u + step) - function(u - step)) / (2.0 * step * scale)
    error = np.abs(difference - derivative(u) / scale)
    bound = entry_bound(np.ones(400), function(u), EPSILON, step, scale)
    assert np.all(error <= bound)
    assert bound <= 1e-6 * np.max(np.abs(derivative(u))) / scale


def test_outputs_without_a_cotangent_do_not_widen_the_bound_of_an_entry():
    cotangent = np.array([0.0, 1.0])
    with_nan = entry_bound(cotangent, np.array([np.nan, 1.0]), EPSILON, 1e-5, 1.0)
    assert with_nan == entry_bound(np.ones(1), np.ones(1), EPSILON, 1e-5, 1.0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([3.0, 4.0]), 5.0),
        (np.array([[1.0, 1.0], [1.0, 1.0]]), 2.0),
        (np.array(-7.0), 7.0),
        (np.zeros((0, 3)), 0.0),
        (np.zeros(3), 0.0),
        (np.array([3e200, 4e200]), 5e200),
        (np.array([3e-200, 4e-200]), 5e-200),
        (np.array([1.0, np.inf]), np.inf),
    ],
    ids=["vector", "matrix", "scalar", "empty", "zero", "huge", "tiny", "infinite"],
)
def test_the_norm_neither_overflows_nor_underflows(values, expected):
    assert norm(values) == pytest.approx(expected, rel=1e-15)


def test_the_norm_of_what_is_not_a_number_is_not_a_number():
    assert np.isnan(norm(np.array([1.0, np.nan])))
