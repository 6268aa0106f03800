"""What a case means does not change with the names of its imports, loop variables and gradients, nor with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcheck.scan.engine import scan_text
from gradcheck.scan.model import State
from gradcheck.scan.registry import rules

CASES = Path(__file__).parent / "cases"
FILES = sorted((*CASES.glob("*.py"), *CASES.glob("real/*.py"), *CASES.glob("legitimate/*.py")))
EVERY = tuple(rule for rule in rules().values() if rule.state is not State.RETIRED)


def numpy_by_another_name(text):
    return re.sub(r"\bnp\.", "arrays.", text.replace("import numpy as np", "import numpy as arrays"))


def numpy_by_its_own_name(text):
    return re.sub(r"\bnp\.", "numpy.", text.replace("import numpy as np", "import numpy"))


def comments_between_statements(text):
    return re.sub(r"\n( +)(return|self\.)", r"\n\1# a remark\n\1\2", text)


def below_a_condition(text):
    lines = text.splitlines(keepends=True)
    return "if True:\n" + "".join(f"    {line}" if line.strip() else line for line in lines)


def other_loop_variables(text):
    return re.sub(r"\bi\b", "row", re.sub(r"\bj\b", "column", text))


def other_gradients(text):
    return re.sub(r"\bdout\b", "upstream", text)


def a_method_more(text):
    return re.sub(r"\n(class \w+.*:)\n", r"\n\1\n    def unrelated(self):\n        return 0\n\n", text)


DISGUISES = (
    numpy_by_another_name,
    numpy_by_its_own_name,
    comments_between_statements,
    below_a_condition,
    other_loop_variables,
    other_gradients,
    a_method_more,
)


def codes(text):
    return sorted(finding.code for finding in scan_text(text, rules=EVERY))


TEXTS = {file.relative_to(CASES).as_posix(): file.read_text(encoding="utf-8") for file in FILES}
DISGUISED = [(path, disguise) for path, text in TEXTS.items() for disguise in DISGUISES if disguise(text) != text]


@pytest.mark.parametrize(("path", "disguise"), DISGUISED, ids=lambda given: getattr(given, "__name__", given))
def test_the_same_is_found_in_disguise(path, disguise):
    text = TEXTS[path]
    assert codes(disguise(text)) == codes(text)
