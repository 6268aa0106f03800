"""The words of a report on a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.report.lines import count, wrap
from gradcheck.types import Outcome

if TYPE_CHECKING:
    from gradcheck.types import CheckResult, Report

WIDTH = 80


def report_lines(name: str, report: Report, *, verbosity: int = 0, width: int = WIDTH) -> list[str]:
    """What was found, root cause first, each with its numbers, its meaning and a next step.

    Args:
        name: What the training is called.
        report: What `check_training` answered.
        verbosity: 1 to list what was ruled out.
        width: Columns.
    """
    failed = [result for result in report.results if result.outcome is Outcome.FAILED]
    passed = [result for result in report.results if result.outcome is Outcome.PASSED]
    undecided = [result for result in report.results if result.outcome is Outcome.INCONCLUSIVE]
    lines: list[str] = []
    for result in failed:
        lines += [*_finding(result, width), ""]
    if failed:
        waiting = len(report.results) - len(failed) - len(passed) - len(undecided)
        lines += wrap(
            f"{name}: {count(len(failed), 'finding')}, {len(passed)} explanations ruled out, "
            f"{waiting} wait until this is mended",
            width,
        )
    else:
        lines += wrap(f"{name}: nothing found; {len(passed)} explanations ruled out", width)
    shown = undecided if verbosity <= 0 else [*undecided, *passed]
    rows = [f"{_word(result)} {result.check}: {result.headline}" for result in shown]
    return [*lines, *(line for row in rows for line in wrap(f"  {row}", width, indent="      "))]


def _finding(result: CheckResult, width: int) -> list[str]:
    lines = wrap(f"{result.check}: {result.headline}", width, indent="  ")
    lines += [line for row in result.table for line in wrap(f"    {row}", width, indent="      ")]
    lines += [line for note in result.notes for line in wrap(f"  {note}", width, indent="  ")]
    return lines + [line for hint in result.hint for line in wrap(f"  next: {hint}", width, indent="        ")]


def _word(result: CheckResult) -> str:
    return "undecided" if result.outcome is Outcome.INCONCLUSIVE else "ruled out"
