"""`gradcheck rule` explains a rule on a terminal and in the pages of the documentation."""

from __future__ import annotations

import pytest

from gradcheck.scan.registry import rules


@pytest.mark.parametrize("word", ["GRC013", "grc013", "requires_grad_typo", "requires-grad-typo"])
def test_a_rule_is_explained_by_code_or_name(project, word):
    answer = project.call("rule", word)
    assert answer.code == 0
    assert answer.lines[0] == "GRC013 requires_grad_typo (error, can be mended)"
    assert "      p.require_grad = False" in answer.lines
    assert "      p.requires_grad = False" in answer.lines
    assert max(map(len, answer.lines)) <= 80


def test_every_rule_is_explained(project):
    answer = project.call("rule", "--all")
    assert answer.code == 0
    assert [line.split(" ")[0] for line in answer.lines if line.startswith("GRC")] == list(rules())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["GCR013"], "there is no rule 'GCR013'; did you mean 'GRC013'?"),
        ([], "name a rule"),
        (["x"], "there is no rule 'x'"),
    ],
)
def test_an_unknown_rule_is_2_and_the_nearest_is_named(project, arguments, said):
    answer = project.call("rule", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
