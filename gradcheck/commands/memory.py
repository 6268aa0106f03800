"""`gradcheck memory`: what a training will hold in memory, before it is run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gradcheck.commands.named_functions import made_by
from gradcheck.errors import GradcheckError
from gradcheck.memory.measuring import memory_account

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
    with made_by(text) as returned:
        parts = returned if isinstance(returned, tuple) else (returned,)
        return memory_account(*parts[:3])
