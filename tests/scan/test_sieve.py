"""Which rules a file needs, and that what is kept of it goes when it is done."""

import gc

import pytest

from gradcheck.scan.facts.module import Module
from gradcheck.scan.model import Entry, Settings, State
from gradcheck.scan.registry import catalogue, rules
from gradcheck.scan.sieve import DEFINED, Sieve, Words
from gradcheck.scan.work import examine_bytes

EXAMPLES = [
    text.encode() for rule in rules().values() for text in (*(example.text for example in rule.bad), *rule.good)
]
CUT = b"def forward(x):\n    raw = np.exp(x.data)\n    return Tensor(raw)\n"


def entry(code, *needles):
    return Entry(code, code.lower(), State.STABLE, needles)


def wanted(data, *entries):
    return [one.code for one in Sieve(entries).wanted(Words(data))]


def searched(data, entry):
    """What the sieve promises, word by word in the plain bytes."""
    defined = b"\n".join(
        line[min(place for word in (b"def ", b"class ") if (place := line.find(word)) >= 0) :]
        for line in data.split(b"\n")
        if b"def " in line or b"class " in line
    )
    return not entry.needles or any(
        word.removeprefix(DEFINED) in (defined if word.startswith((b"def ", b"class ")) else data)
        for word in entry.needles
    )


def test_every_example_is_sifted_as_a_search_for_each_word_would():
    every = tuple(catalogue().values())
    sieve = Sieve(every)
    for data in EXAMPLES:
        assert sieve.wanted(Words(data)) == [one for one in every if searched(data, one)]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"loss.backward()", ["CALLED"]),
        (b"def my_backward(g): pass", ["DEFINED"]),
        (b"x = '\xfcgrad' # 0) * 2", ["PART", "SIGNS"]),
        (b"backward = 1", []),
    ],
)
def test_a_word_is_found_in_a_name_a_definition_or_among_signs(data, found):
    entries = (
        entry("CALLED", b".backward("),
        entry("DEFINED", b"def *_backward("),
        entry("PART", b"gra", b"no_such_name"),
        entry("SIGNS", b"0) *"),
    )
    assert wanted(data, *entries) == found


def test_a_rule_without_words_needs_every_file():
    assert wanted(b"", entry("ALWAYS"), entry("NEVER", b"word")) == ["ALWAYS"]


def test_a_word_that_holds_another_of_its_rule_need_not_be_searched_for():
    assert wanted(b"a.grad_fn", entry("ONE", b".grad", b".grad_fn")) == ["ONE"]


def test_nothing_of_a_file_outlives_its_examination_without_the_help_of_the_collector():
    gc.collect()
    gc.disable()
    try:
        outcome = examine_bytes(CUT, "outlived.py", Sieve(rules().values()), None, Settings())
        left = [one for one in gc.get_objects() if type(one) is Module and one.path == "outlived.py"]
    finally:
        gc.enable()
    assert [finding.code for finding in outcome.findings] == ["GRC001"]
    assert left == []
