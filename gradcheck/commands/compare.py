"""`gradcheck compare`: two runs side by side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.errors import GradcheckError
from gradcheck.source.project import project_root

if TYPE_CHECKING:
    import argparse

ALL_WELL, WRONG, NOT_RUN = 0, 1, 2
DEFAULT = "new_failure or vanished"


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of this command."""
    parser.add_argument("earlier", metavar="A", help="the earlier run: its name or number, its folder, or a JSON file")
    parser.add_argument("later", nargs="?", default="", metavar="B", help="the later run (default: the newest)")
    parser.add_argument(
        "--fail",
        default=DEFAULT,
        metavar="EXPR",
        help="end with 1 where this holds for a change, such as 'new_failure or error_ratio >= 10' "
        "(default: %(default)s; docs/reports.md lists the names)",
    )


def run(options: argparse.Namespace) -> int:
    """Compare two runs.

    Returns:
        0 when --fail holds nowhere, 1 when it does, 2 when the runs could not be compared.
    """
    from gradcheck.report.comparing import FACTS
    from gradcheck.report.conditions import parsed
    from gradcheck.report.difference import difference
    from gradcheck.report.runs import load

    start = Path.cwd()
    try:
        fails = parsed(options.fail, FACTS)
        earlier, later = (
            load(name, start=start, root=project_root(start)) for name in (options.earlier, options.later)
        )
    except GradcheckError as error:
        sys.stderr.write(f"gradcheck: {error}\n")
        return NOT_RUN
    names = (options.earlier, options.later or "newest")
    found = difference(earlier, later, names, fails, options.fail)
    sys.stdout.write("\n".join([*found.lines, ""]))
    return WRONG if found.failing else ALL_WELL
