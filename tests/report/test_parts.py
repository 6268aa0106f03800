"""Parts of several processes become one whole; what a process took with it is missing."""

from __future__ import annotations

import pytest

from gradcheck.report.parts import Chosen, Part, merge, told
from gradcheck.report.schema import Result

CHOSEN = [Chosen(layer="a.py::A", check=check, item=f"a.py::A::{check}") for check in ("build", "contract", "gradient")]


def result(check: str, outcome: str = "passed") -> Result:
    return Result(layer="a.py::A", check=check, outcome=outcome)


@pytest.fixture
def parts(tmp_path):
    made = [Part(tmp_path, name) for name in ("gw0", "gw1")]
    for part in made:
        part.choose(CHOSEN)
    return made


def test_results_come_in_the_order_in_which_they_were_chosen_whoever_wrote_them(parts, tmp_path):
    parts[1].add(result("gradient"), "gradient")
    parts[0].add(result("contract"), "contract")
    parts[1].add(result("build"), "build")
    merged = merge(tmp_path)
    assert [one.check for one in merged.results] == ["build", "contract", "gradient"]
    assert merged.missing == ()


def test_a_line_that_a_crash_has_torn_is_missing_and_the_lines_before_it_are_not(parts, tmp_path):
    parts[0].add(result("build"), "build")
    with (tmp_path / "gw1.jsonl").open("ab") as file:
        file.write(b'{"result":{"layer":"a.py::A","check":"contr')
    merged = merge(tmp_path)
    assert [one.check for one in merged.results] == ["build"]
    assert told(merged.missing, {"a.py::A::contract": "worker gw1 crashed"}) == [
        "a.py::A::contract: worker gw1 crashed",
        "a.py::A::gradient: was not run",
    ]


def test_a_layer_that_was_not_built_leaves_none_of_its_checks_missing(parts, tmp_path):
    for check in ("build", "contract", "gradient"):
        parts[0].add(result("build", "not built"), check)
    merged = merge(tmp_path)
    assert [(one.check, one.outcome) for one in merged.results] == [("build", "not built")]
    assert merged.missing == ()


def test_no_part_is_no_result(tmp_path):
    assert merge(tmp_path).results == ()
