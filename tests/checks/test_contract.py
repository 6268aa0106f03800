from __future__ import annotations

import numpy as np
import pytest

from gradcheck.checks.contract import CHECK
from gradcheck.types import Case, Context, Outcome, Profile, Pullback, Role, Subject

X = np.arange(12.0).reshape(4, 3) / 10.0
W = np.arange(6.0).reshape(3, 2)
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def examined(change=None, *, native=None, cotangent=None, raises=None, y=None):
    """The contract of y = x W + b, with the pullback of a right layer changed by `change`."""
    primals = {"x": X, "W": W, "b": np.ones(2)}
    value = X @ W + 1.0 if y is None else y

    def vjp(y_bar):
        if raises is not None:
            raise raises
        gradients = {"x": y_bar @ W.T, "W": X.T @ y_bar, "b": np.sum(y_bar, axis=0)}
        absent = {}
        for name, new in (change or {}).items():
            if isinstance(new, str):
                del gradients[name]
                absent[name] = new
            else:
                gradients[name] = new(gradients[name])
        return Pullback(gradients=gradients, absent=absent)

    subject = Subject(
        name="layers.py::Linear",
        primals=primals,
        roles={"x": Role.INPUT, "W": Role.PARAMETER, "b": Role.PARAMETER},
        value=lambda _: value,
        value_and_vjp=lambda _: (value, vjp),
        cotangent=cotangent,
        native=native or {"W": FLOAT64, "b": FLOAT64, "output": FLOAT64},
    )
    case = Case(
        layer="layers.py::Linear", construction="Linear(3, 2)", inputs="x (4, 3)", seed=0, subject=subject,
        path="layers.py", line=7,
    )  # fmt: skip
    return CHECK.examine(Context(case=case, profile=Profile.DEFAULT, oracles={}))


def test_gradients_of_the_right_shapes_pass_and_are_counted():
    result = examined()
    assert (result.outcome, result.compared) == (Outcome.PASSED, 3)
    assert result.headline == "Linear: 3 gradients of the right shape and dtype, finite"
    assert [(q.name, q.outcome) for q in result.quantities] == [(n, Outcome.PASSED) for n in ("x", "W", "b")]
    assert result.warnings == ()


def test_a_result_carries_where_its_layer_is_and_how_the_case_was_made():
    result = examined()
    assert (result.check, result.layer, result.path, result.line) == ("contract", "layers.py::Linear", "layers.py", 7)
    assert (result.construction, result.inputs, result.seed) == ("Linear(3, 2)", "x (4, 3)", 0)


@pytest.mark.parametrize(
    ("name", "change", "headline"),
    [
        ("b", lambda g: g[None], "Linear: gradient of `b` has shape (1, 2), `b` has (2,)"),
        ("b", np.sum, "Linear: gradient of `b` has shape (), `b` has (2,)"),
        ("b", lambda g: np.tile(g, (4, 1)), "Linear: gradient of `b` has shape (4, 2), `b` has (2,)"),
        ("W", np.transpose, "Linear: gradient of `W` has shape (2, 3), `W` has (3, 2)"),
        ("x", lambda g: g[:1], "Linear: gradient of `x` has shape (1, 3), `x` has (4, 3)"),
        ("b", "`db` is None after backward", "Linear: gradient of `b` is missing: `db` is None after backward"),
        ("x", lambda g: g.astype(complex), "Linear: gradient of `x` has dtype complex128, not floating point"),
        ("W", lambda g: g + np.where(g == g[0, 0], np.nan, 0.0), "is not finite in 1 of 6 entries, though forward is"),
        ("x", lambda g: np.inf * np.ones_like(g), "is not finite in 12 of 12 entries, though forward is"),
        ("W", lambda g: g.astype(np.float32), "gradient of `W` is float32, narrower than `W`, which is float64"),
        ("b", lambda g: np.ceil(g).astype(int), "gradient of `b` is int64: its digits after the point are gone"),
    ],
    ids=[
        "one axis too many",
        "summed to a scalar",
        "not summed over the batch",
        "transposed",
        "broadcastable",
        "absent",
        "complex",
        "nan",
        "infinite",
        "narrower",
        "integer",
    ],
)
def test_a_gradient_that_is_not_its_variables_fails(name, change, headline):
    result = examined({name: change})
    assert result.outcome is Outcome.FAILED
    assert result.headline.endswith(headline)
    assert {q.name for q in result.quantities if q.outcome is Outcome.FAILED} == {name}
    assert result.compared == 3


def test_a_table_of_shapes_marks_the_odd_one():
    assert examined({"b": lambda g: g[None]}).table == (
        "        variable  gradient",
        "x       (4, 3)    (4, 3) float64",
        "W       (3, 2)    (3, 2) float64",
        "b       (2,)      (1, 2) float64  <-",
        "output  (4, 2)    (4, 2) (upstream)",
    )


def test_a_missing_gradient_is_none_in_the_table():
    assert "b       (2,)      none  <-" in examined({"b": "backward returned None for it"}).table


@pytest.mark.parametrize(
    ("name", "change", "hint"),
    [
        ("W", np.transpose, "W: the gradient may be transposed"),
        ("b", lambda g: np.tile(g, (4, 1)), "b: a sum over axis 0 may be missing, or keepdims=True one too many"),
        ("b", lambda g: np.tile(g, (5, 4, 1)), "b: a sum over axis 0, 1 may be missing, or keepdims=True one too many"),
    ],
)
def test_a_hint_says_what_may_be_wrong_with_a_shape(name, change, hint):
    assert examined({name: change}).hint == (hint,)


def test_a_shape_that_tells_nothing_gets_no_hint():
    assert examined({"x": lambda g: g[:2]}).hint == ()


def test_a_backward_that_raises_fails_with_what_it_said_on_one_line():
    result = examined(raises=ValueError("shapes (4,2) and (3,2)\n   not aligned"))
    assert (result.outcome, result.compared) == (Outcome.FAILED, 1)
    assert result.headline == "Linear: backward raises ValueError on an input that forward accepts"
    assert result.hint == ("shapes (4,2) and (3,2) not aligned",)
    assert all("backward raised" in line for line in result.table[1:-1])


def test_every_wrong_gradient_is_marked_and_the_first_is_the_headline():
    result = examined({"W": np.transpose, "b": "backward returned None for it"})
    assert [q.name for q in result.quantities if q.outcome is Outcome.FAILED] == ["W", "b"]
    assert result.headline.startswith("Linear: gradient of `W` ")
    assert sum(line.endswith("<-") for line in result.table) == 2


def test_an_integer_gradient_of_zeros_loses_nothing():
    assert examined({"b": lambda g: np.zeros(2, dtype=int)}).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "native",
    [
        {"W": FLOAT32, "b": FLOAT32, "output": FLOAT64},
        {"W": FLOAT64, "b": FLOAT64, "output": FLOAT32},
        {"W": FLOAT32, "b": FLOAT64, "output": FLOAT64},
    ],
    ids=["float32 parameters", "float32 output", "mixed"],
)
def test_dtypes_are_compared_only_where_all_share_one(native):
    assert examined({"W": lambda g: g.astype(np.float32)}, native=native).outcome is Outcome.PASSED


def test_a_gradient_wider_than_its_variable_is_a_warning():
    result = examined(native={"W": FLOAT32, "b": FLOAT32, "output": FLOAT32})
    assert result.outcome is Outcome.PASSED
    assert result.warnings == (
        "the gradient of `W` is float64, wider than `W` (float32)",
        "the gradient of `b` is float64, wider than `b` (float32)",
    )


def test_a_forward_that_is_not_finite_decides_nothing():
    result = examined(y=np.array([[np.inf, 1.0]]))
    assert (result.outcome, result.compared) == (Outcome.INCONCLUSIVE, 0)


def test_a_headline_fits_on_one_line_of_a_report():
    result = examined({"b": "`" + "very_" * 40 + "long_name` is None after backward"})
    assert len(result.headline) <= 100
    assert result.headline.endswith("…")
