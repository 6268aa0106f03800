"""JUnit's XML, which every continuous integration reads."""

from __future__ import annotations

from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from gradcheck.scan.model import Finding
from gradcheck.scan.reporting import Format, Report


def render(report: Report) -> str:
    """A suite per file with findings, a failed case per finding; one that passed where there are none."""
    total = len(report.findings)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuites name="gradcheck scan" tests="{max(total, 1)}" failures="{total}" errors="0">')
    for path, group in groupby(report.findings, key=lambda finding: finding.path):
        found = list(group)
        name = _attribute(report.shown(path))
        lines.append(f'  <testsuite name={name} tests="{len(found)}" failures="{len(found)}" errors="0">')
        lines += [line for finding in found for line in _case(finding, report)]
        lines.append("  </testsuite>")
    if not total:
        lines.append('  <testsuite name="gradcheck scan" tests="1" failures="0" errors="0">')
        lines.append(f'    <testcase name="nothing found in {report.files} files" classname="gradcheck"/>')
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _case(finding: Finding, report: Report) -> list[str]:
    span = finding.span
    name = _attribute(f"{finding.code} {report.name(finding)}".rstrip())
    place = report.place(finding.path, span)
    kind, message = f"type={_attribute(finding.severity.value)}", f"message={_attribute(finding.message)}"
    told = "\n".join(part for part in (place, finding.source, finding.why, finding.remedy) if part)
    return [
        f'    <testcase name={name} classname={_attribute(report.shown(finding.path))} line="{span.line}">',
        f"      <failure {kind} {message}>{escape(_printable(told))}</failure>",
        "    </testcase>",
    ]


def _attribute(text: str) -> str:
    return quoteattr(_printable(text))


def _printable(text: str) -> str:
    """The text without what XML cannot hold: control characters, surrogates, non-characters."""
    return "".join(
        c if c in "\t\n" or (ord(c) >= ord(" ") and not _is_no_character(ord(c))) else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


def _is_no_character(point: int) -> bool:
    return 0xD800 <= point <= 0xDFFF or point in {0xFFFE, 0xFFFF}


FORMAT = Format(name="junit", summary="JUnit's XML", render=render)
