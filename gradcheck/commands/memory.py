"""`gradcheck memory`: what a training will hold in memory, before it is run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.cases.loading import load
from gradcheck.cases.validation import nearest
from gradcheck.commands import targets
from gradcheck.errors import GradcheckError, UsageError
from gradcheck.memory.measuring import memory_account
from gradcheck.source.project import root_of

if TYPE_CHECKING:
    import argparse

    from gradcheck.memory.account import MemoryAccount

ALL_WELL, NOT_RUN = 0, 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of this command."""
    parser.add_argument(
        "target",
        metavar="FILE::function",
        help="a function without arguments that returns a model, or (model, batch), or (model, batch, optimizer)",
    )


def run(options: argparse.Namespace) -> int:
    """Print the account of what the function returns.

    Returns:
        0 when there is an account, 2 when there is none.
    """
    try:
        account = _account(options.target)
    except GradcheckError as error:
        sys.stderr.write(f"gradcheck: {error}\n")
        return NOT_RUN
    sys.stdout.write(f"{account}\n")
    return ALL_WELL


def _account(text: str) -> MemoryAccount:
    start = Path.cwd()
    target = targets.parse(text, start=start)
    if not target.qualname:
        raise UsageError(f"{text!r}: after the file stands a function, such as {text}::model")
    loaded = load(target.path, root_of(target.path, start=start))
    function = getattr(loaded.module, target.qualname, None)
    if not callable(function):
        known = [name for name, value in vars(loaded.module).items() if callable(value)]
        raise UsageError(f"{target.path.name} has no function {target.qualname!r}{nearest(target.qualname, known)}")
    with loaded.environment():
        try:
            returned = function()
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise UsageError(f"{text} raised {reason}") from error
        parts = returned if isinstance(returned, tuple) else (returned,)
        return memory_account(*parts[:3])
