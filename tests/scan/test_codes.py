"""Which rules run, from the layers that choose them."""

from __future__ import annotations

import dataclasses

import pytest

from gradcheck.errors import UsageError
from gradcheck.scan.codes import Choice, resolve
from gradcheck.scan.model import State
from gradcheck.scan.registry import rules

MODEL = rules()["GRC013"]
STATES = {"GRC101": State.STABLE, "GRC102": State.STABLE, "GRC108": State.PREVIEW, "GRC201": State.STABLE,
          "GRC204": State.STABLE, "GRC299": State.RETIRED}  # fmt: skip
RULES = {
    code: dataclasses.replace(MODEL, code=code, name=f"rule_{code[3:]}", state=state) for code, state in STATES.items()
}
STABLE = {"GRC101", "GRC102", "GRC201", "GRC204"}


def chosen(*layers, preview=False):
    return set(resolve(layers, RULES, preview=preview).codes)


@pytest.mark.parametrize(
    ("layer", "codes"),
    [
        (Choice(), STABLE),
        (Choice(select=("GRC1",)), {"GRC101", "GRC102"}),
        (Choice(select=("ALL",)), STABLE),
        (Choice(ignore=("GRC1",)), {"GRC201", "GRC204"}),
        (Choice(select=("GRC2",), ignore=("GRC204",)), {"GRC201"}),
        (Choice(select=("GRC204",), ignore=("GRC2",)), {"GRC204"}),
        (Choice(select=("ALL",), ignore=("GRC1", "GRC2")), set()),
        (Choice(select=("GRC101",), ignore=("GRC101",)), set()),
        (Choice(select=("GRC1",), extend=("GRC201",)), {"GRC101", "GRC102", "GRC201"}),
        (Choice(select=()), set()),
    ],
)
def test_one_layer(layer, codes):
    assert chosen(layer) == codes


def test_the_command_line_stands_above_the_configuration():
    configured = Choice(select=("GRC1",), ignore=("GRC102",))
    assert chosen(configured, Choice()) == {"GRC101"}
    assert chosen(configured, Choice(extend=("GRC201",))) == {"GRC101", "GRC201"}
    assert chosen(configured, Choice(select=("GRC102",))) == {"GRC102"}
    assert chosen(configured, Choice(ignore=("GRC101",))) == set()


def test_preview_rules_run_only_where_they_are_allowed():
    assert "GRC108" not in chosen(Choice(select=("ALL",)))
    assert chosen(Choice(select=("GRC1",)), preview=True) == {"GRC101", "GRC102", "GRC108"}
    told = resolve([Choice(select=("GRC108", "GRC101"))], RULES, preview=False)
    assert told.codes == {"GRC101"}
    assert told.warnings == ("GRC108 (rule_108) is a preview rule and runs with --preview alone",)


def test_a_retired_rule_never_runs_and_its_code_is_still_known():
    told = resolve([Choice(select=("GRC299",))], RULES, preview=True)
    assert told.codes == set()
    assert told.warnings == ("GRC299 (rule_299) is retired and does not run any more",)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (Choice(select=("GCR101",)), "--select: there is no rule 'GCR101'; did you mean 'GRC101'?"),
        (Choice(ignore=("GRC9",)), "--ignore: there is no rule 'GRC9'"),
        (Choice(extend=("",)), "--extend-select: there is no rule ''"),
        (Choice(select=("rule-204",)), "--select: there is no rule 'rule-204'; rule-204 is GRC204"),
    ],
)
def test_an_unknown_word_is_named_with_its_place(layer, said):
    with pytest.raises(UsageError) as refusal:
        chosen(layer)
    assert said in str(refusal.value)
