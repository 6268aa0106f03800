from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradcheck.judging.judge import judge
from gradcheck.judging.probing import point_of
from gradcheck.numerics import sampling
from gradcheck.oracles import finite_difference
from gradcheck.types import Outcome, Profile, Pullback, Role, Subject

PASSED, FAILED, INCONCLUSIVE = Outcome.PASSED, Outcome.FAILED, Outcome.INCONCLUSIVE
DEFAULT, FAST, THOROUGH = Profile.DEFAULT, Profile.FAST, Profile.THOROUGH


class Function:
    """A function of named primals with its VJP; counts forwards and backwards, and measures its own noise."""

    def __init__(self, value, vjp, **primals):
        self._value, self._vjp = value, vjp
        self.primals = {name: np.asarray(x, dtype=np.float64) for name, x in primals.items()}
        self.forwards = self.backwards = 0

    def value(self, at):
        self.forwards += 1
        return np.asarray(self._value(**at), dtype=np.float64)

    def value_and_vjp(self, at):
        def vjp(y_bar):
            self.backwards += 1
            return Pullback(gradients={n: np.asarray(g) for n, g in self._vjp(y_bar, **at).items()})

        return self.value(at), vjp

    def subject(self):
        subject = Subject(
            name="layers.py::Layer",
            primals=self.primals,
            roles=dict.fromkeys(self.primals, Role.INPUT),
            value=self.value,
            value_and_vjp=self.value_and_vjp,
        )
        noise = finite_difference.measure_noise(subject, self.value(self.primals))
        self.forwards = self.backwards = 0
        return dataclasses.replace(subject, noise=noise)

    def judged(self, profile=DEFAULT, seed=0):
        with np.errstate(all="ignore"):
            point = point_of(self.subject(), seed, profile)
            judged = judge(point, list(point.gradients[0]), finite_difference.ORACLE, seed, profile)
            return judged.quantities, judged.located, judged.compared

    def outcomes(self, profile=DEFAULT, seed=0):
        return [quantity.outcome for quantity in self.judged(profile, seed)[0]]


def gaussian(seed, *shape):
    return sampling.gaussian(np.random.default_rng([seed, 1]), shape)


def dense(factor_x=1.0, factor_w=1.0, factor_b=1.0, seed=0, scale=1.0):
    """tanh(x w + b) with each gradient multiplied by a factor."""

    def vjp(y_bar, x, w, b):
        back = y_bar * (1.0 - np.tanh(x @ w + b) ** 2)
        return {"x": factor_x * back @ w.T, "w": factor_w * x.T @ back, "b": factor_b * np.sum(back, axis=0)}

    return Function(
        lambda x, w, b: np.tanh(x @ w + b),
        vjp,
        x=scale * gaussian(seed, 4, 8),
        w=0.3 * gaussian(seed + 1, 8, 5),
        b=gaussian(seed + 2, 5),
    )


def relu(x, factor=1.0):
    return Function(
        lambda x: np.maximum(x, 0.0), lambda y_bar, x: {"x": factor * y_bar * (x > 0.0)}, x=np.asarray(x, dtype=float)
    )


def softmax(z):
    grown = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return grown / np.sum(grown, axis=-1, keepdims=True)


def attention_scores(key_bias_factor=1.0, planted=0.0):
    """softmax(q (k + b)^T) over keys: a bias common to all keys moves every score of a row alike."""

    def vjp(y_bar, q, k, b):
        weights = softmax(q @ (k + b).T)
        back = weights * (y_bar - np.sum(weights * y_bar, axis=1, keepdims=True))
        k_bar = back.T @ q
        return {"q": back @ (k + b), "k": k_bar, "b": key_bias_factor * np.sum(k_bar, axis=0) + planted}

    return Function(
        lambda q, k, b: softmax(q @ (k + b).T), vjp, q=gaussian(0, 4, 8), k=gaussian(1, 6, 8), b=gaussian(2, 8)
    )


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("seed", range(5))
def test_right_gradients_pass(profile, seed):
    quantities, located, compared = dense(seed=seed).judged(profile, seed)
    assert [q.outcome for q in quantities] == [PASSED] * 3
    assert located == ()
    assert compared > 0


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("seed", range(10))
def test_no_scale_of_the_input_makes_a_right_gradient_fail(scale, seed):
    assert FAILED not in dense(seed=seed, scale=scale).outcomes(DEFAULT, seed)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("wrong", ["x", "w", "b"])
def test_a_gradient_that_is_off_by_one_in_a_thousand_fails_and_its_neighbours_pass(wrong, profile):
    quantities, located, _ = dense(**{f"factor_{wrong}": 1.001}).judged(profile)
    assert {q.name for q in quantities if q.outcome is FAILED} == {wrong}
    failed = next(q for q in quantities if q.name == wrong)
    assert failed.factor == pytest.approx(1.001, abs=1e-7)
    assert failed.wrong == failed.size
    assert len(located) == 1


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.25, 2.0, 1.0001])
def test_a_factor_on_a_gradient_is_named(factor):
    quantities, _, _ = dense(factor_w=factor).judged()
    assert [q.factor for q in quantities if q.outcome is FAILED] == [pytest.approx(factor, abs=1e-7)]


def test_what_was_compared_is_told_with_the_smallest_error_it_could_have_seen():
    quantities, _, compared = dense().judged()
    assert [(q.name, q.role, q.shape, q.dtype, q.size) for q in quantities] == [
        ("x", Role.INPUT, (4, 8), "float64", 32),
        ("w", Role.INPUT, (8, 5), "float64", 40),
        ("b", Role.INPUT, (5,), "float64", 5),
    ]
    assert all(0.0 < q.smallest_error < 1e-5 for q in quantities)
    assert compared == 8


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_default_profile_costs_six_forwards_a_direction_and_two_backwards(count):
    names = [f"p{i}" for i in range(count)]

    def value(**primals):
        return sum(np.sin(primals[name]) for name in names)

    function = Function(
        value,
        lambda y_bar, **primals: {name: y_bar * np.cos(primals[name]) for name in names},
        **{name: gaussian(i, 3, 4) for i, name in enumerate(names)},
    )
    assert function.outcomes() == [PASSED] * count
    assert function.forwards <= 6 * (count + 1) + 1
    assert function.backwards <= 5


def test_the_fast_profile_costs_seven_forwards_and_at_most_three_backwards():
    function = dense()
    assert function.outcomes(FAST) == [PASSED] * 3
    assert function.forwards <= 7
    assert function.backwards <= 3


SOME_ON_A_KINK = np.where(np.arange(20) % 5 == 0, 0.0, gaussian(3, 20)).reshape(4, 5)


def two_rectified(x, h):
    return Function(
        lambda x, h: np.maximum(x, 0.0) + np.maximum(h, 0.0),
        lambda y_bar, x, h: {"x": y_bar * (x > 0.0), "h": y_bar * (h > 0.0)},
        x=x,
        h=h,
    )


@pytest.mark.parametrize(
    ("profile", "forwards", "backwards"), [(DEFAULT, 19, 5), (FAST, 7, 3)], ids=["default", "fast"]
)
@pytest.mark.parametrize("x", [SOME_ON_A_KINK, np.zeros((4, 5))], ids=["some outputs on a kink", "all on a kink"])
def test_a_right_layer_on_a_kink_costs_no_more_than_another(x, profile, forwards, backwards):
    function = two_rectified(x, SOME_ON_A_KINK)
    assert FAILED not in function.outcomes(profile)
    assert function.forwards <= forwards
    assert function.backwards <= backwards


@pytest.mark.parametrize("entry", [0, 4321, 9999])
def test_one_wrong_entry_among_ten_thousand_costs_at_most_a_hundred_forwards_beyond_the_probes(entry):
    def vjp(y_bar, x):
        gradient = (y_bar[:, None] * np.cos(x)).ravel()
        gradient[entry] += 0.5
        return {"x": gradient.reshape(x.shape)}

    function = Function(lambda x: np.sum(np.sin(x), axis=1), vjp, x=gaussian(0, 100, 100))
    quantities, located, _ = function.judged()
    assert [(q.outcome, q.wrong, q.size, q.at_least) for q in quantities] == [(FAILED, 1, 10_000, False)]
    assert [m.where for m in located[0].mismatches] == [f"x[{entry // 100}, {entry % 100}]"]
    assert function.forwards <= 13 + 100


def test_more_wrong_entries_than_can_be_told_are_at_least_so_many():
    function = Function(
        lambda x: np.sum(np.sin(x), axis=1),
        lambda y_bar, x: {"x": y_bar[:, None] * np.cos(x) * (1.0 + np.abs(x))},
        x=gaussian(0, 100, 100),
    )
    quantities, _, _ = function.judged()
    assert [(q.outcome, 1 <= q.wrong <= 16, q.at_least) for q in quantities] == [(FAILED, True, True)]
    assert function.forwards <= 13 + 400 + 4 * 16 + 18


@pytest.mark.parametrize("profile", Profile)
def test_an_exact_zero_gradient_is_judged_against_its_neighbours(profile):
    quantities, _, _ = attention_scores().judged(profile)
    assert [q.outcome for q in quantities] == [PASSED] * 3


def test_a_zero_gradient_that_is_not_zero_in_the_code_fails():
    quantities, _, _ = attention_scores(planted=1e-3).judged()
    assert [q.name for q in quantities if q.outcome is FAILED] == ["b"]


def test_a_zero_gradient_that_is_zero_by_any_factor_passes():
    assert attention_scores(key_bias_factor=-7.0).outcomes() == [PASSED] * 3


def test_a_kink_in_some_outputs_does_not_hide_an_error_in_the_others():
    assert relu(SOME_ON_A_KINK).outcomes() == [PASSED]
    assert relu(SOME_ON_A_KINK, factor=1.01).outcomes() == [FAILED]


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_where_everything_sits_on_a_kink_nothing_is_decided_and_nothing_was_compared(factor, profile):
    quantities, _, compared = relu(np.zeros((4, 5)), factor).judged(profile)
    assert [(q.outcome, q.reason) for q in quantities] == [
        (INCONCLUSIVE, "every probe sits on a kink; inputs away from it (ties, zeros) would decide")
    ]
    assert compared == 0


def test_where_every_gradient_is_zero_nothing_is_decided():
    quantities, _, _ = relu(-1.0 - np.abs(gaussian(0, 4, 5))).judged()
    assert [q.outcome for q in quantities] == [INCONCLUSIVE]
    assert "zero" in quantities[0].reason


def test_where_rounding_hides_the_gradient_nothing_is_decided():
    x = 1e-8 * gaussian(0, 4, 5)
    function = Function(lambda x: x + 1e6, lambda y_bar, x: {"x": 2.0 * y_bar}, x=x)
    quantities, _, _ = function.judged()
    assert [q.outcome for q in quantities] == [INCONCLUSIVE]
    assert "rounding" in quantities[0].reason


def test_an_error_of_one_small_entry_among_large_ones_is_seen_by_the_thorough_profile_at_the_latest():
    x = gaussian(0, 1, 50)
    scales = np.logspace(0.0, 4.0, 50)

    def vjp(y_bar, x):
        gradient = y_bar * scales * np.cos(x)
        gradient[0, 0] *= 1.01
        return {"x": gradient}

    function = Function(lambda x: scales * np.sin(x), vjp, x=x)
    assert function.outcomes(THOROUGH) == [FAILED]


def test_a_backward_that_answers_differently_is_not_called_wrong_here():
    rng = np.random.default_rng(0)
    function = Function(
        lambda x: np.sin(x) + 1.0,
        lambda y_bar, x: {"x": y_bar * np.cos(x) * rng.uniform(0.5, 1.5)},
        x=gaussian(0, 3, 4),
    )
    quantities, _, _ = function.judged()
    assert [(q.outcome, q.reason) for q in quantities] == [
        (INCONCLUSIVE, "backward gives another answer to the same call; see determinism")
    ]


# Near-traps: right gradients that no verdict may call wrong.


@pytest.mark.parametrize("profile", Profile)
def test_a_right_gradient_at_a_point_where_the_function_is_zero_passes(profile):
    w = gaussian(1, 5, 40)
    x = gaussian(0, 40)
    offset = -np.sin(w @ x)
    function = Function(
        lambda x: np.sin(w @ x) + offset, lambda y_bar, x: {"x": w.T @ (y_bar * np.cos(w @ x))}, x=x
    )  # fmt: skip
    assert function.outcomes(profile) == [PASSED]


def test_only_the_wrong_entries_are_counted_at_a_point_where_the_function_is_zero():
    w = gaussian(1, 5, 40)
    x = gaussian(0, 40)
    offset = -np.sin(w @ x)
    planted = np.where(np.arange(40) == 3, 1.1, 1.0)
    function = Function(
        lambda x: np.sin(w @ x) + offset, lambda y_bar, x: {"x": planted * (w.T @ (y_bar * np.cos(w @ x)))}, x=x
    )  # fmt: skip
    quantities, _, _ = function.judged()
    assert [(q.outcome, q.wrong) for q in quantities] == [(FAILED, 1)]


@pytest.mark.parametrize("scale", [1e2, 1e3, 1e4, 1e6])
@pytest.mark.parametrize("offset", ["", "x + "])
def test_a_right_function_that_oscillates_within_the_step_never_fails(scale, offset):
    slope = 1.0 if offset else 0.0
    found = [
        Function(
            lambda x: slope * x + np.sin(20.0 * x),
            lambda y_bar, x: {"x": y_bar * (slope + 20.0 * np.cos(20.0 * x))},
            x=scale * np.random.default_rng(seed).standard_normal(3),
        ).outcomes(DEFAULT, seed)
        for seed in range(60)
    ]
    assert [FAILED] not in found


@pytest.mark.parametrize("scale", [1e2, 1e3, 1e4])
def test_the_loss_of_perfect_predictions_never_fails(scale):
    """Cross-entropy on logits, every target met: loss and gradient e^-|x|, the gradient rounded to 0 by p - t."""

    def value(x, target):
        return np.maximum(x, 0.0) - x * target + np.log1p(np.exp(-np.abs(x)))

    found = []
    for seed in range(20):
        x = scale * (0.5 + np.abs(gaussian(seed, 4, 1)))
        function = Function(
            lambda x: value(x, 1.0), lambda y_bar, x: {"x": y_bar * (1.0 / (1.0 + np.exp(-x)) - 1.0)}, x=x
        )  # fmt: skip
        found.append(function.outcomes(DEFAULT, seed))
    assert [FAILED] not in found


NARROW = {
    "tanh": (np.tanh, lambda y_bar, x: y_bar * (1.0 - np.tanh(x) ** 2)),
    "ReLU": (lambda x: np.maximum(x, 0.0), lambda y_bar, x: y_bar * (x > 0.0)),
    "mean of squares": (lambda x: np.mean(x * x), lambda y_bar, x: 2.0 * y_bar * x / x.size),
    "sum of rows": (lambda x: np.sum(x, axis=1), lambda y_bar, x: y_bar[:, None] * np.ones_like(x)),
    "softmax": (softmax, lambda y_bar, x: softmax(x) * (y_bar - np.sum(softmax(x) * y_bar, axis=1, keepdims=True))),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e3])
@pytest.mark.parametrize("name", NARROW)
def test_a_right_layer_that_computes_in_a_narrow_dtype_never_fails(name, scale, dtype):
    value, vjp = NARROW[name]
    found = [
        Function(
            lambda x: value(x.astype(dtype)),
            lambda y_bar, x: {"x": vjp(y_bar, x.astype(dtype).astype(np.float64)).astype(dtype)},
            x=scale * np.random.default_rng(seed).standard_normal((4, 5)),
        ).outcomes(DEFAULT, seed)
        for seed in range(40)
    ]
    assert [FAILED] not in found


@pytest.mark.parametrize("name", NARROW)
def test_a_wrong_layer_that_computes_in_float32_fails(name):
    value, vjp = NARROW[name]
    found = [
        Function(
            lambda x: value(x.astype(np.float32)),
            lambda y_bar, x: {"x": 1.1 * vjp(y_bar, x).astype(np.float32)},
            x=np.random.default_rng(seed).standard_normal((4, 5)),
        ).outcomes(DEFAULT, seed)
        for seed in range(10)
    ]
    assert found.count([FAILED]) >= 8
