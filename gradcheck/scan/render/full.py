"""Each finding with its code, the path the value took through it, why it matters and what to write instead."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from gradcheck.scan.model import Finding, Fix, Span, Step
from gradcheck.scan.reporting import Excerpts, Format, Report, summary

_INDENT = "  "
#: Columns that excerpts may use at least, however narrow the terminal.
_NARROWEST = 40
_TAB = "    "
_ELLIPSIS = "…"


def render(report: Report) -> str:
    """A block per finding, then the count."""
    excerpts = Excerpts(report)
    lines: list[str] = []
    for finding in report.findings:
        lines += [*_block(finding, report, excerpts), ""]
    return "\n".join([*lines, *summary(report), ""])


def _block(finding: Finding, report: Report, excerpts: Excerpts) -> Iterator[str]:
    title = report.painted(f"{finding.severity.value} {finding.code}", finding.severity)
    title = f"{title} {report.name(finding)}".rstrip()
    yield f"{report.place(finding.path, finding.span)}: {title}"
    yield from _wrapped(finding.message, report.width, first=_INDENT, later=_INDENT)
    steps = _path(finding)
    beside = list(_excerpt(steps, report, excerpts, [step.note for step in steps]))
    notes = [step.note for step in steps if step.note]
    # Notes stand beside the carets where they fit, else below, by number.
    fitting = all(len(line) <= report.width or "^" not in line for line in beside)
    numbers = [str(number) for number in range(1, len(steps) + 1)] if len(notes) > 1 else [""] * len(steps)
    yield from beside if fitting else _excerpt(steps, report, excerpts, numbers)
    if not fitting:
        yield from _listed(steps, numbers, report.width)
    confirmation = report.confirmations.get(finding)
    said = {
        "why": finding.why,
        "instead": finding.remedy,
        "fix": _offer(finding.fix) if finding.fix else "",
        "by running": f"{confirmation.word.value}: {confirmation.reason}" if confirmation else "",
    }
    label = max((len(key) for key, text in said.items() if text), default=0)
    for key, text in said.items():
        if text:
            yield from _wrapped(text, report.width, first=f"{_INDENT}{key:<{label}}  ", later=" " * (label + 4))


def _offer(fix: Fix) -> str:
    return f"{fix.message} ({'--fix' if fix.safe else '--fix --unsafe-fixes'})"


def _path(finding: Finding) -> list[Step]:
    """The stations of the value, the place of the finding among them."""
    steps = list(finding.steps)
    here = (finding.path, finding.span.cell, finding.span.line, finding.span.column)
    if all((step.path, step.span.cell, step.span.line, step.span.column) != here for step in steps):
        steps.append(Step(path=finding.path, span=finding.span, source=finding.source, note=""))
    return steps


def _listed(steps: Sequence[Step], numbers: Sequence[str], width: int) -> Iterator[str]:
    gap = max(map(len, numbers))
    for step, number in zip(steps, numbers, strict=True):
        if step.note:
            first = f"{_INDENT}{number:>{gap}}  " if number else _INDENT
            yield from _wrapped(step.note, width, first=first, later=" " * len(first))


def _excerpt(steps: Sequence[Step], report: Report, excerpts: Excerpts, notes: Sequence[str]) -> Iterator[str]:
    """The lines of the stations in the order of the path, each underlined, with its note behind the carets."""
    gutter = max(len(str(step.span.line)) for step in steps)
    empty = f"{_INDENT}{'':>{gutter}} |"
    room = max(report.width, _NARROWEST) - len(empty) - 1
    before: tuple[str, int, int] | None = None
    for step, note in zip(steps, notes, strict=True):
        line = excerpts.line(step.path, step.span)
        if not line.strip():
            continue
        here = (step.path, step.span.cell, step.span.line)
        if before is None or here[:2] != before[:2]:
            if len({one.path for one in steps}) > 1 or before is not None:
                yield f"{_INDENT}{'':>{gutter}}--> {report.place(step.path, step.span)}"
            yield empty
        elif here[2] not in (before[2], before[2] + 1):
            yield f"{_INDENT}{'...':<{gutter}}"
        text, column, length = _window(line, step.span, room)
        if here != before:
            yield f"{_INDENT}{step.span.line:>{gutter}} | {text}"
        yield f"{empty} {'':>{column}}{'^' * length} {note}".rstrip()
        before = here
    if before is not None:
        yield empty


def _window(line: str, span: Span, room: int) -> tuple[str, int, int]:
    """A line as shown, and in it the first column of the span (0-based) and how many columns it takes."""
    start = min(span.column - 1, len(line))
    end = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line.rstrip())
    columns = [0]
    for character in line:
        columns.append(columns[-1] + _width(character))
    # Where the line is too long, what comes before the span goes first.
    wanted = min(columns[end], columns[start] + room // 2)
    first = 0
    while first < start and wanted - columns[first] > room - 2 * len(_ELLIPSIS):
        first += 1
    last = len(line)
    ahead = len(_ELLIPSIS) if first else 0
    while last > start + 1 and columns[last] - columns[first] > room - ahead - (
        len(_ELLIPSIS) if last < len(line) else 0
    ):
        last -= 1
    text = line[first:last].replace("\t", _TAB)
    behind = _ELLIPSIS if last < len(line) else ""
    column = columns[start] - columns[first] + ahead
    return f"{_ELLIPSIS * ahead}{text}{behind}".rstrip(), column, max(columns[min(end, last)] - columns[start], 1)


def _width(character: str) -> int:
    if character == "\t":
        return len(_TAB)
    if character.isascii():
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _wrapped(text: str, width: int, *, first: str, later: str) -> list[str]:
    import textwrap  # a run that finds nothing needs it not

    return textwrap.wrap(
        text, max(width, _NARROWEST), initial_indent=first, subsequent_indent=later, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


FORMAT = Format(
    name="full", summary="each finding with its code, its path, why, and what to write instead", render=render
)
