"""docs/rules.md is what the rules say of themselves."""

from __future__ import annotations

import re
from pathlib import Path

from gradcheck.cli import main
from gradcheck.scan.registry import listing, rules

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_of_the_rules_is_what_the_command_writes(capsys):
    assert main(["rule", "--all", "--output-format", "markdown"]) == 0
    written = capsys.readouterr().out
    remedy = "docs/rules.md is out of date: gradcheck rule --all --output-format markdown > docs/rules.md"
    assert PAGE.read_text(encoding="utf-8") == written, remedy


def test_every_rule_has_a_row_and_a_section_that_its_row_leads_to():
    text = PAGE.read_text(encoding="utf-8")
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^## (GRC\d{3} .*)$", text, re.MULTILINE)}
    rows = dict(re.findall(r"^\| \[(GRC\d{3})\]\(#(\S+)\)", text, re.MULTILINE))
    assert set(rows) == set(rules())
    assert set(rows.values()) == headings


def test_the_listing_says_what_the_rules_say():
    file = PAGE.parents[1] / "gradcheck" / "scan" / "listing.py"
    remedy = "gradcheck/scan/listing.py is out of date: python -m gradcheck.scan.registry > listing, and move it there"
    assert file.read_text(encoding="utf-8") == listing(), remedy
