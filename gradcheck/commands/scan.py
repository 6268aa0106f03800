"""`gradcheck scan`: where a gradient is lost, found by reading."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.errors import GradcheckError
from gradcheck.scan.engine import scan
from gradcheck.scan.model import Settings

if TYPE_CHECKING:
    import argparse

CLEAN, FOUND, NOT_RUN = 0, 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of this command."""
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="a file or a folder (default: .)")


def run(options: argparse.Namespace) -> int:
    """Scan what the options name.

    Returns:
        0 when nothing was found, 1 when something was, 2 when it could not run.
    """
    try:
        result = scan([Path(path) for path in options.paths], settings=Settings())
    except (GradcheckError, OSError) as error:
        sys.stderr.write(f"gradcheck: {error}\n")
        return NOT_RUN
    for finding in result.findings:
        span = finding.span
        place = f"{finding.path}:cell {span.cell}" if span.cell else finding.path
        sys.stdout.write(f"{place}:{span.line}:{span.column}: {finding.code} {finding.message}\n")
    return FOUND if result.findings else CLEAN
