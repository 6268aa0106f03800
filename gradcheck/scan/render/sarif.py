"""SARIF 2.1.0, the interchange format of static analysis: code scanning of GitHub, editors, dashboards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from gradcheck import __version__
from gradcheck.scan.explaining import markdown
from gradcheck.scan.fingerprints import fingerprints
from gradcheck.scan.model import Finding, Rule, Span, State, Step
from gradcheck.scan.reporting import Excerpts, Format, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: What relative paths are relative to; the name GitHub gives the root of a repository.
ROOT = "%SRCROOT%"


def render(report: Report) -> str:
    """One run with its rules, and a result per finding."""
    rules = [rule for rule in report.rules.values() if rule.state is not State.RETIRED]
    positions = {rule.code: position for position, rule in enumerate(rules)}
    marks = fingerprints(report.findings)
    excerpts = Excerpts(report)
    results = [
        _result(finding, mark, positions, report) | _fixes(finding, excerpts)
        for finding, mark in zip(report.findings, marks, strict=True)
    ]
    return log([_rule(rule) for rule in rules], results)


def log(rules: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]) -> str:
    """A log of one run of gradcheck; paths in it are relative to the project root."""
    run = {
        "tool": {"driver": {"name": "gradcheck", "semanticVersion": __version__, "rules": rules}},
        # The parser counts characters; SARIF's own default is UTF-16 code units.
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The project root"}}},
        "results": results,
    }
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    # A lone surrogate in somebody's source is no text that JSON can hold.
    return json.dumps(whole, indent=2, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("_")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} {rule.remedy}", "markdown": markdown(rule)},
        "defaultConfiguration": {"level": rule.severity.value, "enabled": rule.state is State.STABLE},
        "properties": {"precision": rule.precision.value, "problem.severity": rule.severity.value},
    }


def _result(finding: Finding, mark: str, positions: dict[str, int], report: Report) -> dict[str, Any]:
    remedy = f". {finding.remedy}" if finding.remedy else ""
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.severity.value,
        "message": {"text": f"{finding.message}{remedy}"},
        "locations": [_location(finding.path, finding.span, "", finding.qualname)],
        # No line number is part of them, so that a finding that moves stays the same finding.
        "partialFingerprints": {"primaryLocationLineHash": mark},
    }
    if finding.code in positions:
        result["ruleIndex"] = positions[finding.code]
    if finding.steps:
        result["codeFlows"] = [{"threadFlows": [{"locations": _stations(finding.steps)}]}]
    if confirmation := report.confirmations.get(finding):
        result["properties"] = {"confirmation": confirmation.word.value, "confirmationReason": confirmation.reason}
    return result


def _fixes(finding: Finding, excerpts: Excerpts) -> dict[str, Any]:
    """The rewrite of a finding; none in a notebook, where edits count the characters of its cells."""
    if finding.fix is None or finding.span.cell:
        return {}
    replacements = []
    for edit in finding.fix.edits:
        (line, column), (end_line, end_column) = (
            excerpts.position(finding.path, offset) for offset in (edit.start, edit.end)
        )
        region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
        replacements.append({"deletedRegion": region, "insertedContent": {"text": edit.replacement}})
    change = {"artifactLocation": artifact(finding.path), "replacements": replacements}
    return {"fixes": [{"description": {"text": finding.fix.message}, "artifactChanges": [change]}]}


def artifact(path: str) -> dict[str, Any]:
    """A file of the project."""
    return {"uri": quote(path, errors="replace"), "uriBaseId": ROOT}


def _stations(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [{"location": _location(step.path, step.span, step.note, "")} for step in steps]


def _location(path: str, span: Span, note: str, qualname: str) -> dict[str, Any]:
    region = {"startLine": 1}  # a region counts the lines of the file, which those of a cell are not
    if not span.cell:
        region = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": artifact(path),
            "region": region,
        }
    }
    logical = []
    if span.cell:
        logical.append({"name": f"cell {span.cell}, line {span.line}", "kind": "cell"})
    if qualname:
        logical.append({"fullyQualifiedName": qualname})
    if logical:
        location["logicalLocations"] = logical
    if note:
        location["message"] = {"text": note}
    return location


FORMAT = Format(name="sarif", summary="SARIF 2.1.0, for code scanning", render=render)
