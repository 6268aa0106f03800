"""Files in `cases/` say on their lines what is found there, and nothing else is: `# GRC001` or `# GRC001 GRC003`.

In `real/` (what people reported) and in `legitimate/` (what looks like it and is meant) each file is a case of its own;
any other folder is a project, in which facts of one file may matter to another.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcheck.scan.engine import scan, scan_text
from gradcheck.scan.model import Settings, State
from gradcheck.scan.registry import rules

CASES = Path(__file__).parent / "cases"
ALONE = sorted((*CASES.glob("real/*.py"), *CASES.glob("legitimate/*.py")))
FOLDERS = sorted({file.parent for file in CASES.rglob("*.py")} - {file.parent for file in ALONE})
EXPECTED = re.compile(r"#((?:\s*GRC\d{3}\b)+)")
EVERY = {code: rule for code, rule in rules().items() if rule.state is not State.RETIRED}


def expected(text):
    lines = enumerate(text.split("\n"), 1)
    marks = [(number, match[1].split()) for number, line in lines if (match := EXPECTED.search(line))]
    return sorted((number, code) for number, codes in marks for code in codes)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(CASES).as_posix())
def test_a_case_yields_what_it_says(folder):
    files = sorted(folder.glob("*.py"))
    found = scan(files, settings=Settings(root=folder, codes=frozenset(EVERY))).findings
    wanted = {file.name: expected(file.read_text(encoding="utf-8")) for file in files}
    actual = {name: sorted((one.span.line, one.code) for one in found if one.path == name) for name in wanted}
    assert actual == wanted


@pytest.mark.parametrize("file", ALONE, ids=lambda file: file.relative_to(CASES).as_posix())
def test_a_file_alone_yields_what_it_says(file):
    text = file.read_text(encoding="utf-8")
    found = scan_text(text, path=file.name, rules=tuple(EVERY.values()))
    assert sorted((one.span.line, one.code) for one in found) == expected(text)


def test_what_was_reported_is_found_and_what_is_meant_is_not():
    found = {file.parent.name: set() for file in ALONE}
    for file in ALONE:
        found[file.parent.name].add(bool(expected(file.read_text(encoding="utf-8"))))
    assert found == {"real": {True}, "legitimate": {False}}
