"""Files in `cases/` say on their lines what is found there, and nothing else is: `# GRC001` or `# GRC001 GRC003`.

A folder of cases is a project of its own, so that facts of one file may matter to another.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcheck.scan.engine import scan
from gradcheck.scan.model import Settings, State
from gradcheck.scan.registry import rules

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted({file.parent for file in CASES.rglob("*.py")})
EXPECTED = re.compile(r"#((?:\s*GRC\d{3}\b)+)")
EVERY = frozenset(code for code, rule in rules().items() if rule.state is not State.RETIRED)


def expected(text):
    lines = enumerate(text.split("\n"), 1)
    marks = [(number, match[1].split()) for number, line in lines if (match := EXPECTED.search(line))]
    return sorted((number, code) for number, codes in marks for code in codes)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(CASES).as_posix())
def test_a_case_yields_what_it_says(folder):
    files = sorted(folder.glob("*.py"))
    found = scan(files, settings=Settings(root=folder, codes=EVERY)).findings
    wanted = {file.name: expected(file.read_text(encoding="utf-8")) for file in files}
    actual = {name: sorted((one.span.line, one.code) for one in found if one.path == name) for name in wanted}
    assert actual == wanted
