"""What leaves the meaning of a case as it is leaves its findings as they are; a suppression takes them away."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from gradcheck.scan.engine import scan_text
from gradcheck.scan.model import State
from gradcheck.scan.registry import rules

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.rglob("*.py"))
EVERY = tuple(rule for rule in rules().values() if rule.state is not State.RETIRED)


def codes(text, path):
    return Counter(finding.code for finding in scan_text(text, path=path, rules=EVERY))


def short_names_changed(text):
    """Local names of one or two letters, which say nothing of what they are for, with a letter more."""
    assigned = set(re.findall(r"^ +([a-z]{1,2}) = ", text, re.MULTILINE))
    attributes = set(re.findall(r"\.([a-z]{1,2})\b", text)) | set(re.findall(r"\b([a-z]{1,2})=", text))
    names = assigned - attributes - {"dW", "db", "dx", "_"}
    return re.sub(r"(?<![\w.'\"])([a-z]{1,2})(?!\w)", lambda m: f"{m[1]}q" if m[1] in names else m[1], text)


def independent_assignments_exchanged(text):
    """Neighbours on a line each, the first of which is a name bound to a constant that the second does not use."""
    lines = text.split("\n")
    for number in range(len(lines) - 1):
        first, second = (re.fullmatch(r"( +)(\w+) = (.*)", line) for line in lines[number : number + 2])
        constant = first and second and first[1] == second[1] and re.fullmatch(r"[\d.]+", first[3])
        if constant and not re.search(rf"\b{first[2]}\b", second[3]):
            lines[number : number + 2] = lines[number + 1], lines[number]
    return "\n".join(lines)


def statements_between(text):
    return re.sub(r"^( +)return (.*)$", r"\1unrelated = 0\n\1return \2", text, flags=re.MULTILINE)


def below_a_class(text):
    """Classes inside of another; functions stay where they are, for as methods they would be others."""
    body = ast.parse(text).body
    kept = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom | ast.ClassDef | ast.Expr)]
    if len(kept) < len(body) or "'''" in text or '"""' in text:
        return text
    first = min((min([node.lineno, *(one.lineno for one in node.decorator_list)]) for node in body
                 if isinstance(node, ast.ClassDef)), default=0)  # fmt: skip
    if not first or any(not isinstance(node, ast.ClassDef) and node.lineno > first for node in body):
        return text
    lines = text.split("\n")
    inside = [f"    {line}" if line.strip() else line for line in lines[first - 1 :]]
    return "\n".join([*lines[: first - 1], "class Outer:", *inside])


def imports_under_another_name(text):
    changed = re.sub(r"^import numpy as np$", "import numpy as numeric", text, flags=re.MULTILINE)
    changed = re.sub(r"^import torch$", "import torch as th", changed, flags=re.MULTILINE)
    if "import numpy as numeric" in changed:
        changed = re.sub(r"(?<![\w.])np\.", "numeric.", changed)
    if "import torch as th" in changed:
        changed = re.sub(r"(?<![\w.])(?<!import )(?<!from )torch\.", "th.", changed)
    return changed


SAME = (
    short_names_changed,
    independent_assignments_exchanged,
    statements_between,
    below_a_class,
    imports_under_another_name,
)


TEXTS = {file.relative_to(CASES).as_posix(): file.read_text(encoding="utf-8") for file in FILES}
CHANGED = [(path, change) for path, text in TEXTS.items() for change in SAME if change(text) != text]
WITH_FINDINGS = [path for path, text in TEXTS.items() if codes(text, path).keys() - {"GRC900"}]


@pytest.mark.parametrize(("path", "change"), CHANGED, ids=lambda given: getattr(given, "__name__", given))
def test_what_changes_no_meaning_changes_no_finding(path, change):
    text = TEXTS[path]
    assert codes(change(text), path) == codes(text, path)


@pytest.mark.parametrize("path", WITH_FINDINGS)
def test_a_suppression_takes_away_the_findings_of_its_line_and_no_others(path):
    text = TEXTS[path]
    found = [one for one in scan_text(text, path=path, rules=EVERY) if one.code != "GRC900"]
    line = found[0].span.line
    here = sorted({one.code for one in found if one.span.line == line})
    lines = text.split("\n")
    lines[line - 1] += f"  # gradcheck: ignore[{', '.join(here)}] as it is meant"
    left = scan_text("\n".join(lines), path=path, rules=EVERY)
    assert [(one.code, one.span.line) for one in left if one.code != "GRC900"] == [
        (one.code, one.span.line) for one in found if one.span.line != line
    ]
