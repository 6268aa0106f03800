"""Findings below the name of their file."""

from __future__ import annotations

from itertools import groupby

from gradcheck.scan.model import Finding
from gradcheck.scan.reporting import Format, Report, summary


def render(report: Report) -> str:
    """A heading per file, below it its findings in columns, then the count."""
    lines: list[str] = []
    for path, group in groupby(report.findings, key=lambda finding: finding.path):
        found = list(group)
        places = [_place(finding) for finding in found]
        width = max(map(len, places))
        lines.append(f"{report.shown(path)}:")
        for place, finding in zip(places, found, strict=True):
            confirmation = report.confirmations.get(finding)
            word = f" [{confirmation.word.value}]" if confirmation else ""
            lines.append(f"  {place:<{width}}  {finding.code} {finding.message}{word}")
        lines.append("")
    return "\n".join([*lines, *summary(report), ""])


def _place(finding: Finding) -> str:
    span = finding.span
    cell = f"cell {span.cell}:" if span.cell else ""
    return f"{cell}{span.line}:{span.column}"


FORMAT = Format(name="grouped", summary="findings below the name of their file", render=render)
