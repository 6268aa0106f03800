"""Everything, for programs: one JSON object with a version number."""

from __future__ import annotations

import msgspec

from gradcheck import __version__
from gradcheck.scan.fingerprints import fingerprints
from gradcheck.scan.model import Finding, Fix, Span, Step
from gradcheck.scan.reporting import Confirmation, Format, Report

#: Grows when a field is removed or means something else; new fields do not change it.
VERSION = 1


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a file, in characters from 1, the end column one past the last; `cell` of a notebook, or null."""

    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A station of a value's path."""

    path: str
    place: Place
    source: str
    note: str


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """Characters `start` to `end`, from 0, of the text with line feeds and without byte order mark."""

    start: int
    end: int
    replacement: str


class OfferedFix(msgspec.Struct, frozen=True, kw_only=True):
    """A rewrite that mends a finding."""

    message: str
    safe: bool
    edits: list[Replacement]


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What running said: confirmed, refuted or untested, and why."""

    word: str
    reason: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A finding; `path` is relative to the root."""

    code: str
    name: str
    severity: str
    path: str
    place: Place
    message: str
    why: str
    remedy: str
    within: str
    source: str
    fingerprint: str
    steps: list[Station]
    fix: OfferedFix | None
    confirmation: Ran | None


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """The whole output."""

    version: int
    gradcheck: str
    root: str
    files: int
    accepted: int
    findings: list[Told]


def render(report: Report) -> str:
    """One object, indented."""
    findings = [
        _told(finding, mark, report)
        for finding, mark in zip(report.findings, fingerprints(report.findings), strict=True)
    ]
    output = Output(
        version=VERSION,
        gradcheck=__version__,
        root=report.base.as_posix(),
        files=report.files,
        accepted=report.accepted,
        findings=findings,
    )
    return msgspec.json.format(msgspec.json.encode(output), indent=2).decode() + "\n"


def _told(finding: Finding, fingerprint: str, report: Report) -> Told:
    return Told(
        code=finding.code,
        name=report.name(finding),
        severity=finding.severity.value,
        path=finding.path,
        place=_place(finding.span),
        message=_text(finding.message),
        why=finding.why,
        remedy=_text(finding.remedy),
        within=finding.qualname,
        source=_text(finding.source),
        fingerprint=fingerprint,
        steps=[_station(step) for step in finding.steps],
        fix=_fix(finding.fix) if finding.fix else None,
        confirmation=_ran(report.confirmations.get(finding)),
    )


def _station(step: Step) -> Station:
    return Station(path=step.path, place=_place(step.span), source=_text(step.source), note=_text(step.note))


def _fix(fix: Fix) -> OfferedFix:
    edits = [Replacement(start=edit.start, end=edit.end, replacement=_text(edit.replacement)) for edit in fix.edits]
    return OfferedFix(message=_text(fix.message), safe=fix.safe, edits=edits)


def _ran(confirmation: Confirmation | None) -> Ran | None:
    return Ran(word=confirmation.word.value, reason=_text(confirmation.reason)) if confirmation else None


def _place(span: Span) -> Place:
    return Place(
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        cell=span.cell or None,
    )


def _text(text: str) -> str:
    # A lone surrogate is no text that UTF-8 can hold.
    return text.encode("utf-8", "replace").decode()


FORMAT = Format(name="json", summary="everything, for programs", render=render)
