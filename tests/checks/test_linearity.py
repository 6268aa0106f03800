from __future__ import annotations

import numpy as np
import pytest

from gradcheck.checks.linearity import CHECK
from gradcheck.numerics import sampling
from gradcheck.types import Case, Context, Outcome, Profile, Pullback, Role, Subject

X = sampling.gaussian(np.random.default_rng(0), (4, 8))
W = sampling.gaussian(np.random.default_rng(1), (8, 5))


def examined(backward, *, native=None, y=None, x=X, **fields):
    """Linearity of a backward of y = x W; `backward` is y_bar -> gradients by name."""
    value = x @ W if y is None else y
    subject = Subject(
        name="layers.py::Linear",
        primals={"x": x, "W": W},
        roles={"x": Role.INPUT, "W": Role.PARAMETER},
        value=lambda _: value,
        value_and_vjp=lambda _: (value, lambda y_bar: Pullback(gradients=backward(y_bar))),
        native=native or {},
        **fields,
    )
    case = Case(layer="layers.py::Linear", construction="Linear(8, 5)", inputs="x (4, 8)", seed=0, subject=subject)
    return CHECK.examine(Context(case=case, profile=Profile.DEFAULT, oracles={}))


def right(y_bar):
    return {"x": y_bar @ W.T, "W": X.T @ y_bar}


NOT_LINEAR = {
    "absolute value": np.abs,
    "clipped at 1": lambda g: np.clip(g, -1.0, 1.0),
    "clipped at 5": lambda g: np.clip(g, -5.0, 5.0),
    "squared": np.square,
    "only the positive part": lambda g: np.maximum(g, 0.0),
    "masked by itself": lambda g: g * (g > 0.1),
    "sign": np.sign,
    "normalised": lambda g: g / np.linalg.norm(g),
    "normalised by its largest": lambda g: g / np.max(np.abs(g)),
    "a constant added": lambda g: g + 0.01,
    "ignored": np.ones_like,
    "rounded": np.round,
    "softmax": lambda g: np.exp(g - np.max(g)) / np.sum(np.exp(g - np.max(g))),
}


def test_a_linear_backward_passes_and_every_gradient_is_counted():
    result = examined(right)
    assert (result.outcome, result.compared) == (Outcome.PASSED, 2)
    assert result.headline == "Linear: backward is linear in the upstream gradient"
    assert [(q.name, q.role, q.size) for q in result.quantities] == [("x", Role.INPUT, 32), ("W", Role.PARAMETER, 40)]


@pytest.mark.parametrize(
    "backward",
    [lambda g: right(-3.0 * g), lambda g: right(g / 4.0), lambda g: right(np.sum(g) * np.ones_like(g))],
    ids=["wrong sign and factor", "mean", "summed"],
)
def test_a_backward_that_is_wrong_but_linear_passes_here(backward):
    assert examined(backward).outcome is Outcome.PASSED


@pytest.mark.parametrize("name", NOT_LINEAR)
def test_a_backward_that_is_not_linear_fails(name):
    result = examined(lambda g: right(NOT_LINEAR[name](g)))
    assert result.outcome is Outcome.FAILED
    assert result.headline == "Linear: backward is not linear in the upstream gradient (`x`)"
    assert result.mismatches
    assert result.table == (
        "expected = -1.5 * backward(v) + 40 * backward(w)",
        "actual   = backward(-1.5 * v + 40 * w)",
    )


def test_only_the_gradient_that_is_not_linear_is_named():
    result = examined(lambda g: {"x": g @ W.T, "W": X.T @ np.abs(g)})
    assert [(q.name, q.outcome) for q in result.quantities] == [("x", Outcome.PASSED), ("W", Outcome.FAILED)]
    assert "`W`" in result.headline


def test_a_backward_that_keeps_what_it_was_called_with_fails():
    kept = []

    def backward(y_bar):
        kept.append(y_bar)
        return right(kept[0])

    assert examined(backward).outcome is Outcome.FAILED


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_the_rounding_of_a_narrow_dtype_is_linear_enough(dtype):
    native = {"W": np.dtype(dtype), "output": np.dtype(dtype)}

    def backward(y_bar):
        g = y_bar.astype(dtype)
        return {"x": g @ W.T.astype(dtype), "W": X.T.astype(dtype) @ g}

    assert examined(backward, native=native).outcome is Outcome.PASSED


@pytest.mark.parametrize("scale", [1e-200, 1e-6, 1e6, 1e200])
def test_no_scale_of_a_linear_backward_makes_it_fail(scale):
    assert examined(lambda g: {"x": scale * (g @ W.T), "W": scale * (X.T @ g)}).outcome is not Outcome.FAILED


@pytest.mark.parametrize("seed", range(20))
def test_a_saturated_softmax_whose_terms_cancel_never_fails(seed):
    z = 100.0 * sampling.gaussian(np.random.default_rng(seed), (4, 8))
    grown = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = grown / np.sum(grown, axis=1, keepdims=True)
    result = examined(lambda g: {"x": p * (g - np.sum(g * p, axis=1, keepdims=True))}, x=z, y=p)
    assert result.outcome is not Outcome.FAILED


def test_where_every_gradient_is_zero_nothing_is_decided():
    result = examined(lambda g: {"x": 0.0 * X, "W": 0.0 * W})
    assert (result.outcome, result.compared) == (Outcome.INCONCLUSIVE, 0)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"cotangent": np.ones(())}, "backward takes no upstream gradient"),
        ({"stateful_update": True, "updates_parameters": True}, "backward moves the weights by an optimizer"),
    ],
    ids=["no upstream gradient", "optimizer"],
)
def test_where_there_is_nothing_to_be_linear_in_it_does_not_apply(fields, reason):
    result = examined(right, **fields)
    assert (result.outcome, result.headline) == (Outcome.NOT_APPLICABLE, reason)


def test_a_backward_that_raises_is_left_to_the_contract():
    result = examined(lambda g: {}[g.shape])
    assert (result.outcome, result.headline) == (Outcome.NOT_APPLICABLE, "backward raises KeyError; see contract")


def test_gradients_of_wrong_shapes_are_left_to_the_contract():
    result = examined(lambda g: {"x": np.ones(3)})
    assert (result.outcome, result.compared) == (Outcome.NOT_APPLICABLE, 0)
