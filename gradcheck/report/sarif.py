"""The failures of a run in SARIF 2.1.0, beside the findings of scan in code scanning and editors."""

from __future__ import annotations

import hashlib
from typing import Any

from gradcheck import extensions
from gradcheck.report import summary
from gradcheck.report.schema import Document, Result
from gradcheck.scan.render.sarif import artifact, log

WRONG = (summary.FAILED, summary.BROKEN)


def render(document: Document) -> str:
    """One result per check that failed, at the line that is to blame; a rule per check."""
    wrong = [one for one in document.results if one.outcome in WRONG]
    rules = list(dict.fromkeys(one.check for one in wrong))
    return log([_rule(name) for name in rules], [_result(one, rules.index(one.check)) for one in wrong])


def _rule(check: str) -> dict[str, Any]:
    return {
        "id": f"gradcheck/{check}",
        "name": "".join(word.capitalize() for word in check.split("_")),
        "shortDescription": {"text": _summary(check)},
        "defaultConfiguration": {"level": "error"},
    }


def _summary(check: str) -> str:
    from gradcheck.types import Check

    if check not in extensions.names("gradcheck.checks"):
        return f"gradcheck: {check}"
    return extensions.load("gradcheck.checks", check, "CHECK", Check).summary


def _result(result: Result, rule: int) -> dict[str, Any]:
    why = [one.explanation.sentence for one in result.gradients if one.explanation]
    command = [f"Reproduce with: {result.reproduce}"] if result.reproduce else []
    region = {"startLine": max(result.line, 1)}
    path = result.path or result.layer.partition("::")[0]
    # A layer that moves in its file stays the same failure.
    gradients = ",".join(one.name for one in result.gradients if one.outcome == summary.FAILED)
    mark = hashlib.sha256(f"{result.layer} {result.check} {gradients}".encode()).hexdigest()[:16]
    return {
        "ruleId": f"gradcheck/{result.check}",
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": "\n".join([result.headline, *why, *command])},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": artifact(path), "region": region},
                "logicalLocations": [{"fullyQualifiedName": result.layer.rpartition("::")[2]}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": mark},
    }
