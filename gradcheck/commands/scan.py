"""`gradcheck scan`: where a gradient is lost, found by reading."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gradcheck import extensions
from gradcheck.errors import GradcheckError
from gradcheck.scan import FORMATS

if TYPE_CHECKING:
    import argparse

NOT_RUN = 2
# What a shell reports for a program that Ctrl-C ended: 128 + SIGINT.
INTERRUPTED = 130


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of this command."""
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="a file, a folder, or - for the standard input (default: .)")
    which = parser.add_argument_group("which rules").add_argument
    which(
        "--select",
        action="append",
        default=[],
        metavar="CODES",
        help="these alone: codes or their beginnings, such as GRC0,GRC204, or ALL",
    )
    which("--extend-select", action="append", default=[], metavar="CODES", help="these as well")
    which("--ignore", action="append", default=[], metavar="CODES", help="not these")
    which("--per-file-ignores", action="append", default=[], metavar="PATTERN:CODES", help="not these in such files")
    which("--preview", action="store_true", default=None, help="preview rules too")
    where = parser.add_argument_group("which files").add_argument
    where("--exclude", action="append", default=[], metavar="PATTERN", help="leave out, as a line of a .gitignore does")
    where("--force-exclude", action="store_true", default=None, help="leave out files named here as well")
    where("--no-respect-gitignore", action="store_true", help="read what git ignores, too")
    where("--project-root", metavar="FOLDER", help="where paths begin and facts are gathered (default: found)")
    where("--stdin-filename", metavar="PATH", help="what the standard input is the content of")
    fixing = parser.add_argument_group("mending").add_argument
    fixing("--fix", action="store_true", help="make the fixes that are safe")
    fixing(
        "--unsafe-fixes", action="store_true", help="with --fix or --diff: those that change what a program does, too"
    )
    fixing("--diff", action="store_true", help="show what --fix would change, and change nothing")
    telling = parser.add_argument_group("what is told").add_argument
    telling("--output-format", choices=extensions.names(FORMATS), help="default: full; github in a GitHub workflow")
    telling("--output-file", metavar="FILE", help="write there")
    telling("--statistics", action="store_true", help="count findings by rule")
    telling("--baseline", metavar="FILE", help="tell only what this file does not hold, and take out what is mended")
    telling("--write-baseline", action="store_true", help="write the findings to the baseline, and accept them")
    telling("--confirm", action="store_true", help="run the classes of the findings (imports your code)")
    telling("--exit-zero", action="store_true", help="end with 0 whatever is found")
    telling("--show-settings", action="store_true", help="show what would be done, and do nothing")
    speed = parser.add_argument_group("speed").add_argument
    speed("--jobs", type=int, default=0, metavar="N", help="processes (default: one per processor)")
    speed("--no-cache", action="store_true", help="keep nothing between runs")


def run(options: argparse.Namespace) -> int:
    """Scan what the options name.

    Returns:
        0 when nothing was found, 1 when something was, 2 when it could not run, 130 when it was interrupted.
    """
    if hasattr(sys.stdout, "reconfigure"):
        # A name the terminal cannot show must not end the run.
        sys.stdout.reconfigure(errors="backslashreplace")
    from gradcheck.commands import scan_run  # the help needs none of it

    try:
        return scan_run.run(options)
    except GradcheckError as error:
        sys.stderr.write(f"gradcheck: {error}\n")
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"gradcheck: {place}{error.strerror or error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("gradcheck: interrupted\n")
        return INTERRUPTED
    return NOT_RUN
