"""`gradcheck report`: a saved run as a page for a browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.errors import GradcheckError
from gradcheck.source.project import project_root

if TYPE_CHECKING:
    import argparse

ALL_WELL, NOT_RUN = 0, 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of this command."""
    parser.add_argument(
        "run",
        nargs="?",
        default="",
        metavar="RUN",
        help="a run: its name or number, its folder, or a JSON file (default: the newest)",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="where the page goes (default: beside the run)"
    )


def run(options: argparse.Namespace) -> int:
    """Write the page of a run.

    Returns:
        0 when it is written, 2 when it could not be.
    """
    from gradcheck.report import runs, writing

    start = Path.cwd()
    try:
        found = runs.find(options.run, start=start, root=project_root(start))
        said = writing.write(writing.read(found), html_file=options.output or found.with_suffix(".html"))
    except GradcheckError as error:
        sys.stderr.write(f"gradcheck: {error}\n")
        return NOT_RUN
    sys.stdout.write("\n".join([*said, ""]))
    return ALL_WELL
