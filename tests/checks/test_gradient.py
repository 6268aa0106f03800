from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradcheck.checks.gradient import CHECK
from gradcheck.numerics import sampling
from gradcheck.oracles import finite_difference
from gradcheck.types import Case, Context, Estimate, Oracle, Outcome, Profile, Pullback, Role, Subject

PASSED, FAILED, INCONCLUSIVE = Outcome.PASSED, Outcome.FAILED, Outcome.INCONCLUSIVE
FINITE_DIFFERENCE = {"finite_difference": finite_difference.ORACLE}


def gaussian(seed, *shape):
    return sampling.gaussian(np.random.default_rng([seed, 3]), shape)


def linear(batch=4, *, features=(8, 5), changed=lambda gradients, x: gradients, repeatable=True):
    """The case of y = x W + b at a batch size; `changed` makes the gradients wrong, knowing x."""
    inputs, outputs = features
    x, w, b = gaussian(0, batch, inputs), 0.3 * gaussian(1, inputs, outputs), gaussian(2, outputs)

    def value(at):
        return at["x"] @ at["W"] + at["b"]

    def value_and_vjp(at):
        def vjp(y_bar):
            gradients = {"x": y_bar @ at["W"].T, "W": at["x"].T @ y_bar, "b": np.sum(y_bar, axis=0)}
            return Pullback(gradients=changed(gradients, at["x"]))

        return value(at), vjp

    subject = Subject(
        name="layers.py::Linear",
        primals={"x": x, "W": w, "b": b},
        roles={"x": Role.INPUT, "W": Role.PARAMETER, "b": Role.PARAMETER},
        value=value,
        value_and_vjp=value_and_vjp,
    )
    return Case(
        layer="layers.py::Linear",
        construction="Linear(8, 5)",
        inputs=f"x ({batch}, {inputs})",
        seed=0,
        subject=subject,
        at_batch=(lambda size: linear(size, features=features, changed=changed)) if repeatable else None,
    )


def scaled(**factors):
    """Gradients times factors, which may be functions of x."""

    def changed(gradients, x):
        return {n: g * (f(x) if callable(f := factors.get(n, 1.0)) else f) for n, g in gradients.items()}

    return changed


def without(*names):
    return lambda gradients, x: {n: g for n, g in gradients.items() if n not in names}


def over_batch(x):
    return 1.0 / x.shape[0]


def over_features(x):
    return 1.0 / x.shape[1]


def over_size(x):
    return 1.0 / x.size


def examined(case, *, profile=Profile.DEFAULT, oracles=None, convention=""):
    context = Context(
        case=case,
        profile=profile,
        oracles=FINITE_DIFFERENCE if oracles is None else oracles,
        parameter_gradients=convention,
    )
    return CHECK.examine(context)


def outcomes(result):
    return {q.name: q.outcome for q in result.quantities}


@pytest.mark.parametrize("profile", Profile)
def test_a_right_layer_passes_with_every_gradient_compared(profile):
    result = examined(linear(), profile=profile)
    assert result.outcome is PASSED
    assert result.headline == "Linear: 3 gradients agree with the oracle"
    assert outcomes(result) == {"x": PASSED, "W": PASSED, "b": PASSED}
    assert result.compared > 0
    assert (result.mismatches, result.hint, result.notes) == ((), (), ())


def test_one_wrong_gradient_is_named_with_its_entries():
    result = examined(linear(changed=scaled(W=-1.0)))
    assert result.outcome is FAILED
    assert result.headline == "Linear: gradient of `W` is wrong in 40 of 40 entries"
    assert outcomes(result) == {"x": PASSED, "W": FAILED, "b": PASSED}
    assert [evidence.name for evidence in result.evidence] == ["W"]
    assert all(abs(m.actual + m.expected) <= m.allowed for m in result.mismatches)


def test_one_wrong_entry_is_named():
    def changed(gradients, x):
        gradients["W"][3, 1] += 0.25
        return gradients

    result = examined(linear(changed=changed))
    assert result.headline == "Linear: gradient of `W` is wrong in 1 of 40 entries"
    assert [(m.where, m.actual - m.expected) for m in result.mismatches] == [("W[3, 1]", pytest.approx(0.25))]
    assert result.hint == ()


def test_several_wrong_gradients_are_listed():
    result = examined(linear(changed=scaled(x=2.0, W=3.0, b=-1.0)))
    assert result.headline == "Linear: gradients of `x`, `W`, `b` are wrong"
    assert [evidence.name for evidence in result.evidence] == ["x", "W", "b"]


def test_mismatches_of_all_gradients_come_worst_first():
    result = examined(linear(changed=scaled(x=1.5, b=5.0)))
    errors = [abs(m.actual - m.expected) for m in result.mismatches]
    assert errors == sorted(errors, reverse=True)
    assert result.mismatches[0].where.startswith("b[")


# The same 1/N on every parameter.


@pytest.mark.parametrize(
    ("convention", "outcome"), [("", INCONCLUSIVE), ("mean", PASSED), ("sum", FAILED)], ids=["default", "mean", "sum"]
)
@pytest.mark.parametrize("profile", Profile)
def test_parameter_gradients_divided_by_the_batch_are_a_convention_until_it_is_declared(convention, outcome, profile):
    case = linear(changed=scaled(W=over_batch, b=over_batch))
    assert examined(case, convention=convention, profile=profile).outcome is outcome


def test_an_undeclared_mean_says_what_to_declare():
    result = examined(linear(changed=scaled(W=over_batch, b=over_batch)))
    assert result.headline.startswith("parameter gradients are divided by the batch")
    assert result.headline.endswith("declare parameter_gradients = 'mean' or 'sum'")
    assert outcomes(result) == {"x": PASSED, "W": INCONCLUSIVE, "b": INCONCLUSIVE}


def test_a_declared_mean_says_so_and_counts_what_was_compared():
    result = examined(linear(changed=scaled(W=over_batch, b=over_batch)), convention="mean")
    assert result.headline.startswith("parameter gradients are means over ")
    assert result.headline.endswith(", as declared")
    assert outcomes(result) == {"x": PASSED, "W": PASSED, "b": PASSED}
    assert result.compared > 0


@pytest.mark.parametrize("convention", ["", "mean", "sum"])
@pytest.mark.parametrize(
    "factors",
    [
        {"W": over_batch},
        {"b": over_batch},
        {"W": over_batch, "b": lambda x: 1.0 / x.shape[0] ** 2},
        {"x": over_batch, "W": over_batch, "b": over_batch},
        {"x": over_batch},
        {"W": 0.25, "b": 0.5},
        {"W": -0.25, "b": -0.25},
    ],
    ids=["W alone", "b alone", "another on b", "x as well", "x alone", "two factors", "sign"],
)
def test_any_other_factor_fails_whatever_is_declared(factors, convention):
    assert examined(linear(changed=scaled(**factors)), convention=convention).outcome is FAILED


@pytest.mark.parametrize(
    "factor", [0.25, over_features, over_size], ids=["a constant 1/4", "the number of features", "all entries"]
)
def test_a_division_by_something_else_than_the_batch_is_no_convention(factor):
    assert examined(linear(changed=scaled(W=factor, b=factor))).outcome is FAILED


@pytest.mark.parametrize("factor", [over_features, over_size], ids=["the number of features", "the number of entries"])
def test_a_declared_mean_does_not_excuse_a_division_by_something_else_than_the_batch(factor):
    assert examined(linear(changed=scaled(W=factor, b=factor)), convention="mean").outcome is FAILED


def test_a_mean_that_no_other_batch_size_can_confirm_is_not_excused():
    case = linear(changed=scaled(W=over_batch, b=over_batch), repeatable=False)
    assert examined(case).outcome is FAILED


def test_a_mean_is_recognised_where_the_weight_has_ten_thousand_entries():
    case = linear(features=(100, 100), changed=scaled(W=over_batch, b=over_batch))
    assert examined(case).outcome is INCONCLUSIVE


def test_a_layer_that_is_declared_a_mean_and_is_right_as_a_sum_is_compared_as_it_is():
    assert examined(linear(), convention="mean").outcome is PASSED


# Nothing compared, or not everything.


def test_a_check_that_compared_nothing_cannot_pass():
    rectified = dataclasses.replace(linear(), subject=_rectified(np.zeros((4, 3))))
    result = examined(rectified)
    assert (result.outcome, result.compared) == (INCONCLUSIVE, 0)
    assert result.headline == "every probe sits on a kink; inputs away from it (ties, zeros) would decide"


def test_gradients_that_are_all_zero_are_inconclusive():
    dead = dataclasses.replace(linear(), subject=_rectified(-1.0 - np.abs(gaussian(5, 4, 3))))
    assert examined(dead).outcome is INCONCLUSIVE


def _rectified(x):
    def value(at):
        return np.maximum(at["x"], 0.0)

    def value_and_vjp(at):
        return value(at), lambda y_bar: Pullback(gradients={"x": y_bar * (at["x"] > 0.0)})

    return Subject(name="l.py::R", primals={"x": x}, roles={"x": Role.INPUT}, value=value, value_and_vjp=value_and_vjp)


def beside_a_kink(factor):
    """sin(x) and |h| side by side, h at its kink: nothing is known of h, whose gradient is times a factor."""
    x, h = gaussian(6, 4, 3), np.zeros((4, 3))

    def value(at):
        return np.concatenate([np.sin(at["x"]), np.abs(at["h"])])

    def value_and_vjp(at):
        def vjp(y_bar):
            return Pullback(gradients={"x": y_bar[:4] * np.cos(at["x"]), "h": factor * y_bar[4:]})

        return value(at), vjp

    subject = Subject(
        name="l.py::L", primals={"x": x, "h": h}, roles={"x": Role.INPUT, "h": Role.INPUT}, value=value,
        value_and_vjp=value_and_vjp,
    )  # fmt: skip
    return dataclasses.replace(linear(), subject=subject)


@pytest.mark.parametrize("factor", [0.0, 1.0, -7.0])
def test_a_gradient_all_of_whose_outputs_were_masked_is_told_as_undecided_beside_one_that_passed(factor):
    result = examined(beside_a_kink(factor))
    assert result.outcome is PASSED
    assert outcomes(result) == {"x": PASSED, "h": INCONCLUSIVE}
    assert len(result.notes) == 1
    assert result.notes[0].startswith("`h` undecided: every ")


@pytest.mark.parametrize("missing", [("W",), ("W", "b")], ids=str)
def test_a_gradient_that_is_missing_is_left_to_the_contract_and_the_others_are_compared(missing):
    result = examined(linear(changed=without(*missing)))
    assert result.outcome is PASSED
    assert set(outcomes(result)) == {"x", "W", "b"} - set(missing)


def test_no_gradient_at_all_does_not_apply():
    result = examined(linear(changed=without("x", "W", "b")))
    assert (result.outcome, result.compared) == (Outcome.NOT_APPLICABLE, 0)
    assert result.headline == "no gradient can be compared; see contract"


def test_a_backward_that_raises_is_left_to_the_contract():
    def changed(gradients, x):
        raise ValueError("no")

    result = examined(linear(changed=changed))
    assert (result.outcome, result.headline) == (Outcome.NOT_APPLICABLE, "backward raises ValueError; see contract")


# Oracles.


def refusing(reason):
    return dataclasses.replace(finite_difference.ORACLE, unavailable=lambda _: reason)


def test_without_an_oracle_nothing_is_decided():
    result = examined(linear(), oracles={})
    assert (result.outcome, result.headline) == (INCONCLUSIVE, "no oracle can judge it: none is installed")


def test_an_oracle_that_cannot_serve_says_why():
    result = examined(linear(), oracles={"finite_difference": refusing("forward moves in jumps")})
    assert (result.outcome, result.headline) == (INCONCLUSIVE, "no oracle can judge it: forward moves in jumps")


def test_the_first_oracle_that_can_serve_is_asked():
    oracles = {"traced": refusing("not installed"), **FINITE_DIFFERENCE}
    assert examined(linear(), oracles=oracles).outcome is PASSED


def test_a_noisy_forward_is_not_judged():
    case = linear()
    noisy = dataclasses.replace(case, subject=dataclasses.replace(case.subject, noise=1.0))
    assert examined(noisy).outcome is INCONCLUSIVE


def test_what_was_assumed_while_binding_is_told_with_every_verdict():
    for changed in (scaled(), scaled(W=2.0), scaled(W=over_batch, b=over_batch)):
        case = linear(changed=changed)
        noted = dataclasses.replace(case, subject=dataclasses.replace(case.subject, notes=("assumed something",)))
        assert examined(noted).notes == ("assumed something",)


def test_an_oracle_is_handed_the_cotangents_it_is_to_use():
    seen = []

    def directional(subject, directions, cotangents, y):
        seen.append((len(directions), len(cotangents), y.shape))
        return finite_difference.directional(subject, directions, cotangents, y)

    def entries(*arguments):
        return Estimate(value=np.zeros(0), error_bound=np.zeros(0))

    spy = Oracle(name="spy", summary="", unavailable=lambda _: None, directional=directional, entries=entries)
    assert examined(linear(), oracles={"spy": spy}).outcome is PASSED
    assert seen == [(4, 2, (4, 5))]
