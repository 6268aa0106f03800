"""Functions and classes told from the text are at least those of the tree, and end no sooner."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcheck.scan.facts.outline import classes_in, defined_in, extents_in, goes_on, may_be_loose
from gradcheck.source.parse import parse

CASES = sorted((Path(__file__).parents[1] / "cases").rglob("*.py"))
KINDS = {"function_definition": False, "class_definition": True}


def of_tree(text):
    found = []
    for node in parse(text).find_all(any=[{"kind": kind} for kind in KINDS]):
        place = node.range()
        is_class = KINDS[node.kind()]
        # The tree counts `async` in; the text begins at `def`.
        start = text.index("class" if is_class else "def", place.start.index)
        found.append((start, place.end.index, node.field("name").text(), is_class))
    return sorted(found)


def holds_all(text):
    extents = {(one.start, one.name, one.is_class): one.end for one in extents_in(text)}
    assert all(extents.get((start, name, is_class), -1) >= end for start, end, name, is_class in of_tree(text))
    return extents


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_every_case_is_outlined(file):
    text = file.read_text(encoding="utf-8")
    holds_all(text)
    assert defined_in(text) >= {name for *_, name, is_class in of_tree(text) if not is_class}
    assert classes_in(text) >= {name for *_, name, is_class in of_tree(text) if is_class}


@pytest.mark.parametrize(
    "inside",
    [
        '"""\nclass Fake:\ndef g(): \\""" """',
        "'''it's\ndef g():\n'''",
        "'one \\\ndef g():\\\n'",
        "(1,\n2)",
        '# """\n    y = \'def \'',
        "1  # it's\n    async def inner(): return 1",
    ],
)
def test_a_function_is_not_ended_by_what_stands_in_its_strings(inside):
    text = f"def f():\n    x = {inside}\n    return x.data\n\n\ndef after():\n    pass\n"
    extents = holds_all(text)
    assert extents[0, "f", False] == text.index("def after")


def test_a_function_ends_before_the_decorators_of_the_next():
    text = "def f():\n    pass\n\n\n@first\n@second(1)\ndef g():\n    pass\n"
    assert extents_in(text)[0].end == text.index("@first")


@pytest.mark.parametrize("text", ['x = \'"""\n', "def f():\n\f    pass\n"])
def test_what_is_not_understood_is_not_outlined(text):
    assert extents_in(text) is None


def test_code_that_is_further_indented_goes_on():
    text = "def f(\n    a,\n) -> int:\n    x = 1\n\n    return x\ny = 2\n"
    assert goes_on(text, 0, text.index("x = 1"))
    assert not goes_on(text, 0, text.index("return"))
    assert not goes_on(text.replace("return x", "# all"), 0, text.index("x = 1"))


def test_a_method_is_held_and_a_function_below_a_condition_is_loose():
    text = "class A:\n    x = 1\n\n    def held(self): ...\n\n\nif x:\n    def loose(): ...\n"
    assert not may_be_loose("held", text)
    assert may_be_loose("loose", text)
    assert may_be_loose("held", text.replace("x = 1", '"""\nclass B:\n    """'))
