"""Each known mistake is in one class of what hides it, from a fixed vocabulary."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def test_every_explanation_of_the_ledgers_is_in_one_class_and_every_word_is_used():
    from measuring.classes import CLASSES
    from measuring.trials import ledger_of

    entries = [entry for file in (ROOT / "tests" / "known_wrong").glob("*.py") for entry in ledger_of(file).values()]
    words = [word for group in CLASSES.values() for word in group]
    assert len(words) == len(set(words))
    assert set(words) == {entry["explanation"] for entry in entries}


def test_the_check_says_what_hides_a_mistake_where_it_is_about_that():
    from measuring.classes import class_of

    assert class_of("gradient", "missing_term") == "another formula"
    assert class_of("batch", "missing_term") == "some batch sizes"
    with pytest.raises(KeyError):
        class_of("gradient", "bad luck")


def test_a_table_counts_what_each_family_finds_alone():
    from hidden import Caught, report

    found = [
        Caught(layer="a", hidden_by="memory layout", finders=frozenset({"`shapes`", "`protocol`"})),
        Caught(layer="b", hidden_by="memory layout", finders=frozenset({"a tool"})),
    ]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in report(found).splitlines()]
    header, row = rows[0], dict(zip(rows[0], rows[2], strict=True))
    assert row["hidden by"] == "memory layout"
    assert (row["layers"], row["gradcheck"]) == ("2", "1")
    assert (row["`shapes` alone"], row["`protocol` alone"], row["oracles alone"], row["a tool"]) == ("1", "1", "", "1")
    assert header[-1] == "a tool"
