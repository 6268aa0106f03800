"""The command line: arguments to one sub-command, whose module is imported when it is chosen."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

from gradcheck import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

# The summaries stand here so that the help of `gradcheck` imports no command.
COMMANDS = {
    "check": "check the gradients of the layers in files and folders, and the steps of optimizers",
    "explain": "tell the reasoning behind a failing layer step by step",
    "check-training": "find out why a model does not learn",
    "report": "write the page of a saved run, for a browser",
    "compare": "compare two saved runs: what fails now, what vanished, which errors grew",
    "memory": "account for what a training holds in memory, before it is run",
    "scan": "find by reading where a gradient is lost; imports and runs nothing",
    "rule": "explain a rule of scan: what it finds, why it matters, what to write instead",
}
#: Columns where nothing says how many there are, and those that argparse leaves free.
_COLUMNS, _MARGIN = 80, 2
EXIT_CODES = "exit codes: 0 all is well, 1 something is wrong, 2 could not run or nothing was compared"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sub-command that `arguments` name.

    Args:
        arguments: As a shell passes them, without the program's name; those of this process by default.

    Returns:
        0 when all is well, 1 when something is wrong, 2 when it could not run or nothing was compared,
        130 when a person interrupted it.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = next((word for word in given if not word.startswith("-")), "")
    parser = _parser(chosen, alone=given[:1] == [chosen])
    options = parser.parse_args(given)
    if not options.command:
        parser.print_help(sys.stderr)
        return 2
    try:
        code: int = _module(options.command).run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads our output has had enough; the interpreter's own flush at exit must not complain about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _parser(chosen: str, *, alone: bool) -> argparse.ArgumentParser:
    """The parser, with the options of the chosen sub-command alone.

    Args:
        chosen: The first word that is no option.
        alone: Whether it comes first: then nothing asks for the other commands, and each costs a parser.
    """
    parser = argparse.ArgumentParser(
        prog="gradcheck",
        description="Finds wrong gradients in hand-written backward passes.",
        epilog=EXIT_CODES,
        formatter_class=_formatter,
    )
    parser.add_argument("--version", action="version", version=f"gradcheck {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in COMMANDS.items():
        if alone and chosen in COMMANDS and name != chosen:
            continue
        described = f"{summary[:1].upper()}{summary[1:]}."
        command = commands.add_parser(name, help=summary, description=described, formatter_class=_formatter)
        if name == chosen:
            _module(name).configure(command)
    return parser


def _formatter(prog: str) -> argparse.HelpFormatter:
    """As wide as the terminal; without a width the formatter loads `shutil`, a tenth of the time a help text takes."""
    return argparse.HelpFormatter(prog, width=_columns() - _MARGIN)


def _columns() -> int:
    """Columns of the terminal, as `shutil.get_terminal_size` tells them."""
    told = os.environ.get("COLUMNS", "")
    if told.isdigit() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else -1).columns or _COLUMNS
    except (OSError, ValueError):  # no terminal, or no standard output at all
        return _COLUMNS


def _module(command: str) -> Any:
    return importlib.import_module(f"gradcheck.commands.{command.replace('-', '_')}")
