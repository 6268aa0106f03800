"""`gradcheck check-training`: why does my model not learn?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from gradcheck.commands.named_functions import made_by
from gradcheck.errors import GradcheckError
from gradcheck.interface import check_training
from gradcheck.marking import TRAINING_STEPS
from gradcheck.report.training import report_lines
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
    with made_by(options.target) as made:
        return check_training(**arguments_of(made, options.target), steps=options.steps, seed=options.seed)
