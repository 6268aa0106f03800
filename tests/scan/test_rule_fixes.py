"""What a rule mends becomes what its example says, once and for all."""

from __future__ import annotations

import ast

import pytest

from gradcheck.scan.engine import scan_text
from gradcheck.scan.fixes import MOST_ROUNDS, fixed
from gradcheck.scan.model import State
from gradcheck.scan.registry import rules
from gradcheck.scan.suppressions import BLANKET, UNUSED

RULES = [rule for rule in rules().values() if rule.state is not State.RETIRED]
BAD = [(rule, number) for rule in RULES for number in range(len(rule.bad))]


def identity(value):
    return getattr(value, "code", value)


def mended(text, rule):
    """The text after all fixes of one rule, the unsafe ones too."""
    asked = RULES if rule.code in {UNUSED, BLANKET} else (rule,)
    for _ in range(MOST_ROUNDS):
        found = [finding.fix for finding in scan_text(text, rules=asked) if finding.code == rule.code and finding.fix]
        if not found:
            return text
        data, count = fixed(text.encode(), "example.py", found)
        assert count
        text = data.decode()
    pytest.fail(f"{rule.code} is never done with mending")


@pytest.mark.parametrize(("rule", "number"), BAD, ids=identity)
def test_a_bad_example_is_mended_as_it_says(rule, number):
    example = rule.bad[number]
    assert mended(example.text, rule) == (example.fixed or example.text)


@pytest.mark.parametrize(("rule", "number"), [pair for pair in BAD if pair[0].bad[pair[1]].fixed], ids=identity)
def test_what_was_mended_parses_and_stays_as_it_is(rule, number):
    after = rule.bad[number].fixed
    ast.parse(after)
    assert mended(after, rule) == after


def test_no_code_of_a_rule_that_was_is_given_to_another():
    # A code that was ever published keeps its name; a rule that goes is retired, not deleted.
    published = {"GRC013": "requires_grad_typo", "GRC900": "broken_syntax", "GRC901": "unused_suppression"}
    assert {code: rules()[code].name for code in published} == published
