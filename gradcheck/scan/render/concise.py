"""One line per finding, as compilers write it."""

from __future__ import annotations

from gradcheck.scan.reporting import Format, Report, summary


def render(report: Report) -> str:
    """`path:line:column: CODE message`, then the count."""
    lines = []
    for finding in report.findings:
        confirmation = report.confirmations.get(finding)
        word = f" [{confirmation.word.value}]" if confirmation else ""
        code = report.painted(finding.code, finding.severity)
        lines.append(f"{report.place(finding.path, finding.span)}: {code} {finding.message}{word}")
    return "\n".join([*lines, *summary(report), ""])


FORMAT = Format(name="concise", summary="one line per finding", render=render)
