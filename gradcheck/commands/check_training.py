"""`gradcheck check-training`: why does my model not learn?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.cases.loading import load
from gradcheck.cases.validation import nearest
from gradcheck.commands import targets
from gradcheck.errors import GradcheckError, UsageError
from gradcheck.library import check_training
from gradcheck.marking import TRAINING_STEPS
from gradcheck.report.training import report_lines
from gradcheck.source.project import root_of
from gradcheck.trials.returned import arguments_of

if TYPE_CHECKING:
    import argparse

ALL_WELL, WRONG, NOT_RUN, INTERRUPTED = 0, 1, 2, 130


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of this command."""
    parser.add_argument(
        "target",
        metavar="FILE::function",
        help="a function without arguments that returns model, loss, optimizer, batch; or a dict of them; "
        "or a TrainingSetup",
    )
    parser.add_argument(
        "--steps",
        type=int,
        default=TRAINING_STEPS,
        metavar="N",
        help="the longest training tried (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the seed of every draw (default: 0)")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="list every finding that was looked for")


def run(options: argparse.Namespace) -> int:
    """Find out why the training that a function makes does not learn.

    Returns:
        0 when nothing was found, 1 when something was, 2 when it could not run, 130 when it was interrupted.
    """
    try:
        report = _checked(options)
    except GradcheckError as error:
        sys.stderr.write(f"gradcheck: {error}\n")
        return NOT_RUN
    except KeyboardInterrupt:
        sys.stderr.write("gradcheck: interrupted\n")
        return INTERRUPTED
    for line in report_lines(options.target, report, verbosity=options.verbose):
        sys.stdout.write(f"{line}\n")
    return ALL_WELL if report.ok else WRONG


def _checked(options: argparse.Namespace) -> Any:
    target = targets.parse(options.target, start=Path.cwd())
    if not target.qualname or target.path.is_dir():
        message = f"{options.target!r}: name a function of a file, such as train.py::setup"
        raise UsageError(message)
    loaded = load(target.path, root_of(target.path, start=Path.cwd()))
    function = getattr(loaded.module, target.qualname, None)
    if not callable(function):
        known = [name for name, value in vars(loaded.module).items() if callable(value) and not name.startswith("_")]
        message = f"{target.path.name} has no function {target.qualname!r}{nearest(target.qualname, known)}"
        raise UsageError(message)
    with loaded.environment():
        try:
            made = function()
        except Exception as error:  # a stranger's function may raise anything
            message = f"{options.target} raised {type(error).__name__}: {error}"
            raise UsageError(message) from error
        return check_training(**arguments_of(made, options.target), steps=options.steps, seed=options.seed)
