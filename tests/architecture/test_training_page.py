"""docs/training.md names what is looked for, in the order in which it is."""

from __future__ import annotations

import re
from pathlib import Path

from gradcheck import extensions
from gradcheck.trials.cause import Cause

ROOT = Path(__file__).parents[2]


def test_the_table_of_findings_is_that_of_the_code():
    known = extensions.load_all("gradcheck.training", "CAUSE", Cause).values()
    ordered = sorted(known, key=lambda cause: (cause.stage, cause.name))
    page = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|[^|]*\| `(\w+)` \| (.*) \|$", page, flags=re.MULTILINE)
    assert rows == [(cause.name, cause.summary) for cause in ordered]


def test_the_readme_counts_them_right():
    count = len(extensions.names("gradcheck.training"))
    assert f"lists the {count} explanations" in (ROOT / "README.md").read_text(encoding="utf-8")
