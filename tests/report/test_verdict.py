"""Results under strict, for one gradient, and as entries of the account."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.errors import BuildError, LoadError
from gradcheck.report import summary, verdict
from gradcheck.types import Case, CheckResult, Mismatch, Outcome, Quantity, Role, Subject

IDENTITY = "src/layers.py::Linear"
RESULT = CheckResult(
    check="gradient",
    layer=IDENTITY,
    outcome=Outcome.FAILED,
    compared=2,
    headline="gradient of b is 1/8 of the true one",
    quantities=(
        Quantity(name="b", role=Role.PARAMETER, shape=(4,), dtype="float64", outcome=Outcome.FAILED, wrong=4, size=4),
        Quantity(
            name="W", role=Role.PARAMETER, shape=(5, 4), dtype="float64", outcome=Outcome.FAILED, wrong=2, size=20
        ),
        Quantity(name="x", role=Role.INPUT, shape=(8, 5), dtype="float64", outcome=Outcome.PASSED),
        Quantity(
            name="k", role=Role.INPUT, shape=(8,), dtype="float64", outcome=Outcome.INCONCLUSIVE, reason="on a kink"
        ),
    ),
    mismatches=(
        Mismatch(where="b[0]", expected=1.0, actual=2.0, allowed=0.1),
        Mismatch(where="W[1, 2]", expected=1.0, actual=1.5, allowed=0.1),
    ),
)


def test_strict_fails_what_is_inconclusive():
    strict = verdict.strictly(replace(RESULT, outcome=Outcome.INCONCLUSIVE, headline="every probe sits on a kink"))
    assert strict.outcome is Outcome.FAILED
    assert strict.headline == "strict: inconclusive: every probe sits on a kink"


def test_strict_fails_a_pass_with_a_warning():
    noted = replace(RESULT, outcome=Outcome.PASSED, warnings=("backward writes into its input " * 9,))
    strict = verdict.strictly(noted)
    assert strict.outcome is Outcome.FAILED
    assert strict.headline.startswith("strict: backward writes into its input")
    assert len(strict.headline) <= 100


@pytest.mark.parametrize(
    "result",
    [
        RESULT,
        replace(RESULT, outcome=Outcome.PASSED, notes=("only a note",)),
        replace(RESULT, outcome=Outcome.NOT_APPLICABLE, warnings=("a warning",)),
    ],
)
def test_strict_leaves_every_other_verdict_alone(result):
    assert verdict.strictly(result) is result


def test_one_gradient_is_judged_by_itself():
    for name, outcome, wheres in (("b", Outcome.FAILED, ["b[0]"]), ("x", Outcome.PASSED, [])):
        narrowed = verdict.narrowed(RESULT, name)
        assert narrowed.outcome is outcome
        assert [m.where for m in narrowed.mismatches] == wheres
        assert [q.name for q in narrowed.quantities] == [name]


def test_the_headline_stays_where_it_speaks_of_the_gradient_that_is_asked_for():
    assert verdict.narrowed(RESULT, "b").headline == RESULT.headline
    assert verdict.narrowed(RESULT, "W").headline == "gradient of W failed: 2 of 20 entries wrong"
    assert verdict.narrowed(RESULT, "k").headline == "gradient of k inconclusive: on a kink"


def test_a_check_that_did_not_compare_the_gradient_does_not_apply_to_it():
    narrowed = verdict.narrowed(RESULT, "gamma")
    assert narrowed.outcome is Outcome.NOT_APPLICABLE
    assert narrowed.headline == "gradient compared no gradient of gamma"


def test_a_check_of_the_whole_layer_keeps_its_verdict():
    whole = replace(RESULT, check="contract", quantities=(), mismatches=())
    assert verdict.narrowed(whole, "b") is whole


def test_a_result_becomes_an_entry_with_its_reason_and_every_note_once():
    entry = verdict.entry(replace(RESULT, notes=("a", "b"), warnings=("b", "c"), headline="two\nlines"))
    assert entry == summary.Entry(
        layer=IDENTITY, check="gradient", outcome=summary.FAILED, reason="two lines", notes=("a", "b", "c")
    )


def test_a_pass_becomes_an_entry_with_what_was_compared():
    entry = verdict.entry(replace(RESULT, outcome=Outcome.PASSED))
    assert entry.outcome == summary.PASSED
    assert entry.reason == ""
    assert entry.compared[0].startswith("compared 4 gradients: b (4,) float64, W (5, 4) float64")


def test_a_build_becomes_an_entry_either_way():
    subject = Subject(
        name=IDENTITY, primals={"x": np.ones(1)}, roles={}, value=lambda p: p["x"], value_and_vjp=None, notes=("s", "c")
    )
    case = Case(layer=IDENTITY, construction="", inputs="", seed=0, subject=subject, notes=("c",))
    assert verdict.built(case).notes == ("c", "s")
    error = BuildError("no value\nfor `cell`", ("paste this",))
    not_built = verdict.not_built(IDENTITY, error)
    assert (not_built.outcome, not_built.reason, not_built.remedy) == (
        summary.NOT_BUILT,
        "no value for `cell`",
        ("paste this",),
    )
    assert verdict.not_built(IDENTITY, LoadError("no module")).remedy == ()


def test_a_declared_skip_and_a_check_that_broke_become_entries():
    assert verdict.left_out(IDENTITY, "gradient", "slow").outcome == summary.LEFT_OUT
    assert verdict.broke(IDENTITY, "gradient", KeyError("x")).reason == "KeyError: 'x'"
