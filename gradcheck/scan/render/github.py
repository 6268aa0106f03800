"""Commands that GitHub's workflows turn into annotations."""

from __future__ import annotations

from collections.abc import Mapping

from gradcheck.scan.model import Finding
from gradcheck.scan.reporting import Format, Report, summary


def render(report: Report) -> str:
    """`::error title=...,file=...,line=...::message` per finding, then the count."""
    return "\n".join([*(_command(finding, report) for finding in report.findings), *summary(report), ""])


def _command(finding: Finding, report: Report) -> str:
    span = finding.span
    properties = {"title": f"gradcheck ({finding.code})", "file": report.shown(finding.path)}
    where = ""
    if span.cell:
        # An annotation knows lines of the file alone, and those of a notebook are not its cells'.
        properties["line"] = "1"
        where = f"cell {span.cell}, line {span.line}: "
    else:
        properties |= {"line": str(span.line), "endLine": str(span.end_line)}
        if span.line == span.end_line:  # columns of another line are not understood
            properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    remedy = f". {finding.remedy}" if finding.remedy else ""
    confirmation = report.confirmations.get(finding)
    word = f" [{confirmation.word.value}: {confirmation.reason}]" if confirmation else ""
    return workflow_command(finding.severity.value, properties, f"{where}{finding.message}{remedy}{word}")


def workflow_command(level: str, properties: Mapping[str, str], message: str) -> str:
    """A line that a workflow of GitHub turns into an annotation.

    Args:
        level: "error", "warning" or "notice".
        properties: Such as the file and the line.
        message: What is said.
    """
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(name="github", summary="annotations of a GitHub workflow (the default there)", render=render)
