"""What went wrong, as annotations of a GitHub workflow."""

from __future__ import annotations

from gradcheck.report import summary
from gradcheck.report.schema import Document, Result
from gradcheck.scan.render.github import workflow_command

LEVELS = {summary.FAILED: "error", summary.BROKEN: "error", summary.NOT_BUILT: "notice", summary.INCONCLUSIVE: "notice"}


def workflow_lines(document: Document, *, prefix: str = "") -> list[str]:
    """A line for every check that failed, at the line that is to blame, and for what was not decided.

    Args:
        document: The run.
        prefix: Path from the workflow's folder to the project root, posix, "" where they are the same.
    """
    return [_command(one, prefix) for one in document.results if one.outcome in LEVELS]


def _command(result: Result, prefix: str) -> str:
    name = result.layer.rpartition("::")[2]
    path = result.path or result.layer.partition("::")[0]
    properties = {
        "title": f"gradcheck ({result.check}): {name} {result.outcome}",
        "file": f"{prefix}/{path}" if prefix else path,
        "line": str(max(result.line, 1)),
    }
    why = [one.explanation.sentence for one in result.gradients if one.explanation]
    command = [f"reproduce: {result.reproduce}"] if result.reproduce else []
    said = "\n".join([result.headline, *why, *result.hint, *command])
    return workflow_command(LEVELS[result.outcome], properties, said)
