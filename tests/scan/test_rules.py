"""What holds for every rule: it proves itself on its own examples."""

from __future__ import annotations

import pytest

from gradcheck.scan.documents import document
from gradcheck.scan.engine import scan_text
from gradcheck.scan.model import State
from gradcheck.scan.registry import FEWEST_EXAMPLES, rules
from gradcheck.scan.sieve import Sieve, Words
from gradcheck.scan.suppressions import BLANKET, UNUSED

RULES = [rule for rule in rules().values() if rule.state is not State.RETIRED]
BAD = [(rule, number) for rule in RULES for number in range(len(rule.bad))]
GOOD = [(rule, number) for rule in RULES for number in range(len(rule.good))]


def identity(value):
    return getattr(value, "code", value)


def codes(text, rule):
    # What a comment silences is known once all rules were asked.
    about_comments = rule.code in {UNUSED, BLANKET}
    found = [finding.code for finding in scan_text(text, rules=RULES if about_comments else (rule,))]
    return [code for code in found if code == rule.code] if about_comments else found


@pytest.mark.parametrize(("rule", "number"), BAD, ids=identity)
def test_a_bad_example_is_found(rule, number):
    found = codes(rule.bad[number].text, rule)
    assert found
    assert set(found) == {rule.code}


@pytest.mark.parametrize(("rule", "number"), GOOD, ids=identity)
def test_a_good_example_is_not(rule, number):
    assert codes(rule.good[number], rule) == []


@pytest.mark.parametrize("rule", RULES, ids=identity)
def test_a_rule_has_enough_examples_and_all_its_words(rule):
    assert min(len(rule.bad), len(rule.good)) >= FEWEST_EXAMPLES
    assert all((rule.summary, rule.why, rule.remedy))
    assert not rule.summary.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=identity)
def test_a_bad_example_passes_the_rules_own_prefilter(rule):
    for example in rule.bad:
        assert Sieve([rule]).wanted(Words(example.text.encode())) == [rule]


def test_a_document_without_cells_has_none():
    assert document(b"x = 1\n", "a.py").cells == ()
