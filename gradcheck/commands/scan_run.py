"""One run of `gradcheck scan`: what the options name is scanned, mended and told."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck import extensions
from gradcheck.commands import scanning
from gradcheck.errors import UsageError
from gradcheck.scan import FORMATS
from gradcheck.scan.registry import rules
from gradcheck.scan.reporting import DEFAULT_WIDTH, Format, Report, counted

if TYPE_CHECKING:
    import argparse

CLEAN, FOUND, NOT_RUN = 0, 1, 2
#: The paths' stand-in for the standard input.
STDIN = "-"
#: Columns beyond which lines are hard to read.
WIDEST = 100


def run(options: argparse.Namespace) -> int:
    """Scan what the options name.

    Returns:
        0 when nothing was found, 1 when something was, 2 when it could not run.

    Raises:
        GradcheckError: The options contradict each other, or the settings of a project are not valid.
        OSError: Something cannot be read or written.
    """
    _refuse_contradictions(options)
    start = Path.cwd()
    names = options.paths or [STDIN if options.stdin_filename else "."]
    piped = names == [STDIN]
    overlay: dict[Path, bytes] = {}
    if piped:
        file = scanning.absolute(options.stdin_filename or "stdin.py", start)
        overlay[file] = sys.stdin.buffer.read()
        names = [str(file)]
    request = scanning.Request(start=start, names=tuple(names), overlay=overlay, options=options)
    projects, unusable = scanning.projects(request)
    if options.show_settings:
        sys.stdout.write("\n".join(scanning.told(project) for project in projects))
        return NOT_RUN if unusable else CLEAN
    outcome = scanning.scan_projects(projects, request)
    for line in (*dict.fromkeys(outcome.warnings),):
        sys.stderr.write(f"gradcheck: warning: {line}\n")
    for line in (*unusable, *outcome.unusable):
        sys.stderr.write(f"gradcheck: {line}\n")
    report = Report(
        findings=outcome.findings,
        files=outcome.files,
        base=outcome.base,
        start=start,
        rules=rules(),
        contents=overlay | dict(outcome.contents),
        confirmations=_confirmations(options, outcome),
        accepted=outcome.accepted,
        fixed=outcome.fixed,
        width=_width(),
        colour=_colour(options),
    )
    code = _tell(report, outcome, request, piped=piped)
    return NOT_RUN if unusable or outcome.unusable else code


def _tell(report: Report, outcome: scanning.Outcome, request: scanning.Request, *, piped: bool) -> int:
    options = request.options
    if options.diff:
        sys.stdout.write(scanning.difference(outcome, request))
        changes = counted(len(outcome.contents), "file")
        sys.stderr.write(f"Would mend {counted(outcome.fixed, 'finding')} in {changes}.\n" if outcome.contents else "")
        return FOUND if outcome.contents and not options.exit_zero else CLEAN
    if options.fix and piped:
        (content,) = report.contents.values()
        sys.stdout.buffer.write(content)
    else:
        scanning.write_contents(outcome)
    text = _statistics(report) if options.statistics else _format(options, outcome).render(report)
    if options.output_file:
        file = Path(options.output_file)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n", errors="backslashreplace")
    else:
        (sys.stderr if options.fix and piped else sys.stdout).write(text)
    counts = [finding for finding in report.findings if not report.is_refuted(finding)]
    return FOUND if counts and not options.exit_zero else CLEAN


def _refuse_contradictions(options: argparse.Namespace) -> None:
    if STDIN in options.paths and len(options.paths) > 1:
        raise UsageError("- is the standard input and is scanned alone; give it without other paths")
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise UsageError("--unsafe-fixes says which fixes to make: give --fix or --diff with it")
    if options.write_baseline and (options.fix or options.diff):
        raise UsageError("--write-baseline accepts what is found: mend first, in a run of its own")
    if options.jobs < 0:
        raise UsageError(f"--jobs is a number of processes, 0 for one per processor; got {options.jobs}")


def _format(options: argparse.Namespace, outcome: scanning.Outcome) -> Format:
    in_workflow = os.environ.get("GITHUB_ACTIONS") == "true" and not options.output_file
    name = options.output_format or outcome.output_format or ("github" if in_workflow else "full")
    return extensions.load(FORMATS, name, "FORMAT", Format)


def _statistics(report: Report) -> str:
    counts: dict[str, int] = {}
    for finding in report.findings:
        counts[finding.code] = counts.get(finding.code, 0) + 1
    digits = max((len(str(number)) for number in counts.values()), default=1)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{number:>{digits}}  {code}  {report.rules[code].summary}\n" for code, number in ranked)


def _confirmations(options: argparse.Namespace, outcome: scanning.Outcome) -> scanning.Confirmations:
    if not options.confirm:
        return {}
    from gradcheck.commands.confirming import confirm

    return confirm(outcome.findings, outcome.base)


def _colour(options: argparse.Namespace) -> bool:
    """Whether a person with a terminal that shows colours reads what is written, and has not asked for none."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or options.output_file
    return not plain and sys.stdout.isatty()


def _width() -> int:
    if not sys.stdout.isatty():
        return DEFAULT_WIDTH
    import shutil  # as slow to load as a small file is to scan

    return min(shutil.get_terminal_size((DEFAULT_WIDTH, 0)).columns, WIDEST)
