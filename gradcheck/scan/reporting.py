"""What a format writes: the findings of a run with all that is to be said about them, and the words they share."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gradcheck.scan.model import Finding, Rule, Severity, Span

DEFAULT_WIDTH = 80


class Word(StrEnum):
    """What running the class of a finding said about it."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A word and its reason, one line."""

    word: Word
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run, as formats see it.

    Attributes:
        findings: In order; their paths are relative to `base`.
        files: How many files were read.
        base: The folder that paths are relative to, absolute: the project root.
        start: The folder the person stands in, absolute; what is read on a terminal is written for it.
        rules: Every rule by code.
        contents: What was read instead of files, by absolute path.
        confirmations: What running said, where it was asked for.
        accepted: How many findings the baseline holds.
        fixed: How many findings were mended.
        width: Columns of the terminal.
        colour: Whether the terminal shows colours.
    """

    findings: tuple[Finding, ...]
    files: int
    base: Path
    start: Path
    rules: Mapping[str, Rule]
    contents: Mapping[Path, bytes] = field(default_factory=dict)
    confirmations: Mapping[Finding, Confirmation] = field(default_factory=dict)
    accepted: int = 0
    fixed: int = 0
    width: int = DEFAULT_WIDTH
    colour: bool = False

    def shown(self, path: str) -> str:
        """A path as a person types it from where they stand."""
        if self.base == self.start:
            return path
        full = self.base / path
        return (
            full.relative_to(self.start).as_posix() if full.is_relative_to(self.start) else _upwards(full, self.start)
        )

    def place(self, path: str, span: Span) -> str:
        """File, cell, line and column."""
        cell = f":cell {span.cell}" if span.cell else ""
        return f"{self.shown(path)}{cell}:{span.line}:{span.column}"

    def is_refuted(self, finding: Finding) -> bool:
        """Whether running the code has shown that nothing is wrong with it."""
        confirmation = self.confirmations.get(finding)
        return confirmation is not None and confirmation.word is Word.REFUTED

    def painted(self, words: str, severity: Severity) -> str:
        """Words in the colour of a severity, bold, where there are colours: red for an error, yellow for a warning."""
        if not self.colour:
            return words
        return f"\x1b[1;{31 if severity is Severity.ERROR else 33}m{words}\x1b[0m"

    def name(self, finding: Finding) -> str:
        """The name of a finding's rule."""
        return self.rules[finding.code].name if finding.code in self.rules else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write a report.

    Attributes:
        name: The file's name; what `--output-format` calls it.
        summary: What it is for, one line.
        render: Writes a report; lines end in line feeds, the last one too.
    """

    name: str
    summary: str
    render: Callable[[Report], str]


class Excerpts:
    """Lines of the files of a report, each file read once."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._read: dict[str, tuple[list[str], dict[int, int]]] = {}

    def line(self, path: str, span: Span) -> str:
        """The line a span begins on; "" where the file cannot be read any more."""
        if path not in self._read:
            self._read[path] = self._lines(path)
        lines, cells = self._read[path]
        number = span.line - 1 + cells.get(span.cell, 0)
        return lines[number] if number < len(lines) else ""

    def position(self, path: str, offset: int) -> tuple[int, int]:
        """1-based line and column of a character of a Python file, told by its offset."""
        self.line(path, Span(line=1, column=1, end_line=1, end_column=1))
        lines, _ = self._read[path]
        for number, line in enumerate(lines, start=1):
            if offset <= len(line):
                return number, offset + 1
            offset -= len(line) + 1
        return len(lines) or 1, 1

    def _lines(self, path: str) -> tuple[list[str], dict[int, int]]:
        from gradcheck.scan.documents import document  # a run that finds nothing needs neither
        from gradcheck.source.reading import read_bytes

        file = self._report.base / path
        try:
            data = self._report.contents[file] if file in self._report.contents else read_bytes(str(file))
        except OSError:  # it was there when it was scanned, or a finding says that it cannot be read
            return [], {}
        source = document(data, path)
        return source.text.split("\n"), dict(source.cells)


def summary(report: Report) -> list[str]:
    """The last lines of a report for people: how much was found, and what can be done about it."""
    findings = report.findings
    lines = []
    if report.fixed:
        lines.append(f"Mended {counted(report.fixed, 'finding')}.")
    if findings:
        severities = Counter(finding.severity for finding in findings)
        parts = [counted(severities[one], one.value) for one in Severity if severities[one]]
        places = len({finding.path for finding in findings})
        told = f"Found {counted(len(findings), 'finding')} ({', '.join(parts)})"
        lines.append(f"{told} in {places} of {counted(report.files, 'file')}.")
    elif report.files:
        lines.append(f"Nothing {'else ' if report.fixed else ''}found in {counted(report.files, 'file')}.")
    if report.accepted:
        lines.append(f"{counted(report.accepted, 'finding')} accepted by the baseline.")
    offered = [finding.fix.safe for finding in findings if finding.fix]
    safe, more = offered.count(True), offered.count(False)
    if safe:
        lines.append(f"{safe} can be mended with --fix.")
    if more:
        also = " more" if safe else ""
        lines.append(f"{more}{also} can be mended with --fix --unsafe-fixes; read what they change.")
    if report.confirmations:
        words = Counter(confirmation.word for confirmation in report.confirmations.values())
        lines.append("By running: " + ", ".join(f"{words[word]} {word.value}" for word in Word) + ".")
    return lines


def counted(number: int, noun: str) -> str:
    """A number and its noun, in the plural where there is not exactly one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _upwards(full: Path, start: Path) -> str:
    try:
        return Path(os.path.relpath(full, start)).as_posix()
    except ValueError:  # another drive
        return full.as_posix()
