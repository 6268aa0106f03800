from __future__ import annotations

import numpy as np
import pytest

from gradcheck.checks.precision import CHECK
from gradcheck.types import Outcome, Profile

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
X = np.random.default_rng(7).standard_normal((4, 6))


@pytest.fixture
def examined(context_of):
    return lambda layer, *inputs, **fields: CHECK.examine(context_of(layer, *(inputs or (X,)), **fields))


class Square:
    """y = x^2; `kept` is what is left of x in its cache."""

    def __init__(self, kept=lambda x: x):
        self.kept = kept

    def forward(self, x):
        self.x = self.kept(x)
        return x**2

    def backward(self, dout):
        return 2 * self.x * dout


def test_a_right_layer_passes_in_float32_and_at_extremes(examined):
    result = examined(Square())
    assert result.outcome is PASSED
    assert result.table == (
        "float32",
        "float16",
        "inputs of 1e4: finite",
        "rows of equal entries: finite",
        "equal rows: finite",
        "rows of nearly equal entries: finite",
        "inputs of 0: finite",
    )


def test_the_fast_profile_asks_in_float32_only(examined):
    assert examined(Square(), profile=Profile.FAST).table == ("float32",)


def test_a_gradient_of_which_half_the_digits_are_gone_fails(examined):
    coarse = Square(kept=lambda x: np.round(8 * x) / 8 if x.dtype == np.float32 else x)
    result = examined(coarse)
    assert result.outcome is FAILED
    assert result.headline == "Square: in float32 the gradient of `x` is wrong"


def test_a_gradient_that_loses_fewer_digits_is_told_with_their_number(examined):
    step = np.float32(2.0**14)
    coarse = Square(kept=lambda x: np.round(step * x) / step if x.dtype == np.float32 else x)
    result = examined(coarse)
    assert result.outcome is PASSED
    assert result.warnings == ("in float32 the gradient of `x` loses 2 digits beyond rounding",)


def test_a_backward_that_answers_wider_is_told(examined):
    class Wide(Square):
        def backward(self, dout):
            return np.float64(2.0) * super().backward(dout)

    assert examined(Wide()).table[0] == "float32; backward answers in float64 for `x`"


def test_a_forward_that_answers_in_float64_is_not_compared_in_float32(examined):
    class Widening(Square):
        def forward(self, x):
            return np.float64(1.0) * super().forward(x)

    assert examined(Widening()).table[0] == "float32: forward answers in float64"


def test_conditioning_is_no_error(examined):
    class Steep:
        def forward(self, x):
            self.x = x
            return np.sin(3000 * x)

        def backward(self, dout):
            return 3000 * np.cos(3000 * self.x) * dout

    result = examined(Steep())
    assert (result.outcome, result.warnings) == (PASSED, ())


def test_a_gradient_that_is_not_finite_for_large_inputs_fails_where_forward_is(examined):
    class Sigmoid:
        def forward(self, x):
            self.x = x
            return 1 / (1 + np.exp(-x))

        def backward(self, dout):
            e = np.exp(-self.x)
            return dout * e / (1 + e) ** 2

    result = examined(Sigmoid())
    assert result.outcome is FAILED
    assert result.headline == "Sigmoid: for inputs of 1e4 the gradient of `x` is not finite, forward is"


def test_an_infinite_derivative_at_a_single_point_is_a_note(examined):
    class Root:
        def forward(self, x):
            self.y = np.sqrt(np.abs(x))
            return self.y.copy()

        def backward(self, dout):
            return dout * np.sign(self.y) / (2 * self.y)

    result = examined(Root(), np.abs(X) + 0.5)
    assert result.outcome is PASSED
    assert result.notes == ("for inputs of 0 the gradient of `x` is not finite, forward is",)
    assert result.warnings == ()


def test_where_forward_overflows_nothing_is_asked_of_backward(examined):
    class Exponential:
        def forward(self, x):
            self.y = np.exp(x)
            return self.y.copy()

        def backward(self, dout):
            return dout * self.y

    result = examined(Exponential())
    assert "inputs of 1e4: forward is not finite there" in result.table
    assert result.notes == ("for inputs of 1e4 forward is not finite",)


def test_a_detour_through_float16_is_named(examined):
    detour = Square(kept=lambda x: x.astype(np.float16).astype(x.dtype) if x.dtype == np.float32 else x)
    (told,) = examined(detour).warnings
    assert told.startswith("in float32 the gradient of `x` loses ")
    assert told.endswith(" digits beyond rounding; a detour through float16 would")


def test_what_float16_loses_is_told_and_does_not_fail(examined):
    coarse = Square(kept=lambda x: np.round(x) if x.dtype == np.float16 else x)
    result = examined(coarse)
    assert result.outcome is PASSED
    assert result.warnings == ("in float16 the gradient of `x` loses 2 digits beyond rounding",)


def test_probabilities_are_asked_at_0_and_1(examined):
    class Guarded:
        def forward(self, p):
            self.p = p
            return np.log(np.clip(p, 1e-12, 1))

        def backward(self, dout):
            return dout / self.p

    result = examined(Guarded(), np.clip(np.abs(X), 0.1, 0.9))
    assert result.outcome is PASSED
    assert "for inputs of 0 and 1 the gradient of `p` is not finite, forward is" in result.notes


def test_a_thorough_run_counts_the_digits_that_long_sums_and_offsets_lose(examined):
    class Sums:
        def __init__(self):
            self.b = np.zeros(6)

        def forward(self, x):
            self.x = x
            return x - x.mean(axis=1, keepdims=True) + self.b

        def backward(self, dout):
            self.db = np.zeros(6, dtype=dout.dtype)
            for row in dout:
                self.db += row
            spread = (self.x**2).mean(axis=1, keepdims=True) - self.x.mean(axis=1, keepdims=True) ** 2
            true = self.x.var(axis=1, keepdims=True)
            return (dout - dout.mean(axis=1, keepdims=True)) * (spread / true)

    thorough = examined(Sums(), profile=Profile.THOROUGH)
    (told,) = thorough.warnings
    assert told.startswith("in float32 of inputs offset by 1e3 the gradient of `x` loses ")
    assert "float32 of 4096 rows" in thorough.table
    assert examined(Sums()).warnings == ()
