"""Files in `cases/` say on their lines what is found there, and nothing else is: `# GRC001` or `# GRC001 GRC003`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcheck.scan.engine import scan
from gradcheck.scan.model import Settings, State
from gradcheck.scan.registry import rules

CASES = Path(__file__).parent / "cases"
FILES = sorted(path for path in CASES.rglob("*.py"))
EXPECTED = re.compile(r"#((?:\s*GRC\d{3}\b)+)")
EVERY = frozenset(code for code, rule in rules().items() if rule.state is not State.RETIRED)


def expected(text):
    marks = [
        (number, match[1].split())
        for number, line in enumerate(text.split("\n"), 1)
        if (match := EXPECTED.search(line))
    ]
    return sorted((number, code) for number, codes in marks for code in codes)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(CASES).with_suffix("").as_posix())
def test_a_case_yields_what_it_says(file):
    found = scan([file], settings=Settings(root=CASES, codes=EVERY))
    assert [(finding.span.line, finding.code) for finding in found.findings] == expected(
        file.read_text(encoding="utf-8")
    )
