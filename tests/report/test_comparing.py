"""Two runs side by side, and the expression that says which changes must not be."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from gradcheck.errors import UsageError
from gradcheck.report.comparing import FACTS, changes
from gradcheck.report.conditions import LONGEST, parsed
from gradcheck.report.difference import difference

NO_FACTS = dict.fromkeys(FACTS, 0.0)


def holds(expression: str, **facts: float) -> bool:
    return parsed(expression, FACTS)({**NO_FACTS, **facts})


@pytest.mark.parametrize(
    ("expression", "facts"),
    [
        ("new_failure", {"new_failure": 1}),
        ("not new_failure and error_ratio >= 10", {"error_ratio": 10.0}),
        ("1 < error_ratio < 20", {"error_ratio": 10.0}),
        ("vanished or (lost and seconds > 0.5)", {"lost": 1, "seconds": 1.0}),
        ("error == 0", {}),
    ],
)
def test_an_expression_holds_where_its_facts_do(expression, facts):
    assert holds(expression, **facts)
    assert not holds(f"not ({expression})", **facts)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("newfailure", "did you mean 'new_failure'"),
        ("__import__('os').system('true')", "is not understood"),
        ("error.real", "'error.real' is not understood"),
        ("[1 for _ in ()]", "is not understood"),
        ("error + 1", "'error \\+ 1' is not understood"),
        ("'a' == 'a'", "is not understood"),
        ("True", "is not understood"),
        ("error is 1", "is not understood"),
        ("error >", "is no expression"),
        ("", "is no expression"),
        ("(" * 400 + "error" + ")" * 400, "is no expression"),
        ("not " * LONGEST + "error", "characters are too many"),
    ],
)
def test_nothing_else_is_let_into_an_expression(expression, said):
    with pytest.raises(UsageError, match=said):
        parsed(expression, FACTS)


@pytest.fixture
def runs(made, build):
    """A run, and another in which W of Linear fails, Dense is mended, ReLU vanished, Tanh is new, an error grew."""
    ones = np.ones((2, 2))
    right = build.passed("Linear")
    weight = replace(right.quantities[0], name="W")
    before = [
        replace(right, quantities=(weight,)),
        build.failed(build.evidence(ones, 2 * ones), layer="src/layers.py::Dense"),
        build.failed(build.evidence(ones, 1.01 * ones), layer="src/layers.py::Conv"),
        build.passed("ReLU"),
    ]
    after = [
        build.failed(build.evidence(ones, 2 * ones)),
        replace(build.passed("Dense"), quantities=(weight,)),
        build.failed(build.evidence(ones, 3 * ones), layer="src/layers.py::Conv"),
        build.passed("Tanh"),
    ]
    return made(*before), made(*after)


def test_the_page_on_reports_lists_the_facts():
    page = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page, flags=re.MULTILINE)) == FACTS


def test_what_happened_to_each_gradient_is_a_fact(runs):
    found = {change.name: change.facts for group in changes(*runs) for change in group}
    assert found["src/layers.py::Linear::gradient W"]["new_failure"]
    assert found["src/layers.py::Dense::gradient W"]["fixed"]
    assert found["src/layers.py::ReLU"]["vanished"]
    assert found["src/layers.py::ReLU"]["lost"]
    assert found["src/layers.py::Tanh::gradient"]["new"]
    assert found["src/layers.py::Conv::gradient W"]["error_ratio"] == pytest.approx(200.0)
    assert not found["src/layers.py::Conv::gradient W"]["new_failure"]


def test_changes_are_told_once_those_that_must_not_be_first(runs):
    told = difference(*runs, ("a", "b"), parsed("new_failure or vanished", FACTS), "new_failure or vanished")
    assert [change.name for change in told.failing] == ["src/layers.py::Linear::gradient W", "src/layers.py::ReLU"]
    changed = [line for line in told.lines if line.startswith(("!", "  "))]
    assert [line.split(":")[0] for line in changed if not line.startswith("      ")] == [
        "! new failure", "! vanished", "  fixed", "  changed", "  new"
    ]  # fmt: skip
    assert "vanished 1, new failure 1, fixed 1, lost 1, new 1" in told.lines
    assert "200 times" in " ".join(told.lines)
    assert all(len(line) <= 80 for line in told.lines)


def test_an_error_ten_times_larger_is_one_that_can_be_refused(runs):
    told = difference(*runs, ("a", "b"), parsed("error_ratio >= 10 and not new_failure", FACTS), "")
    assert [change.name for change in told.failing] == ["src/layers.py::Conv::gradient W"]


def test_a_run_is_like_itself(runs):
    told = difference(runs[0], runs[0], ("a", "a"), parsed("new_failure or vanished or lost or new", FACTS), "")
    assert told.failing == []
    assert told.lines[-1] == "no outcome changed"


def test_another_seed_and_missing_checks_are_noted(runs):
    earlier, later = runs
    other = msgspec.structs.replace(
        later, settings=msgspec.structs.replace(later.settings, seed=3), missing=["a::b: x"]
    )
    lines = difference(earlier, other, ("a", "b"), parsed("lost", FACTS), "lost").lines
    assert "note: the seeds differ: 0 and 3" in lines
    assert "note: 1 check of the later run missing: nothing is known of them" in lines
