"""Where a command writes while it works: a terminal with rich, or plain lines."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress, TaskID

# A report is read, not scanned from margin to margin: wider terminals gain nothing.
WIDEST = 100
DEFAULT_WIDTH = 80


class Output(Protocol):
    """What a command needs of its output; `width` is in columns."""

    width: int

    def line(self, text: str, *, style: str = "") -> None:
        """Write one line; `style` is a colour where there are colours."""

    def working(self, text: str) -> None:
        """Say what is being worked on; nothing where lines are all there is."""


class PlainOutput:
    """Plain lines, for pipes, files and terminals without rich."""

    def __init__(self, stream: TextIO) -> None:
        self.width = _width(stream)
        self._stream = stream

    def line(self, text: str, *, style: str = "") -> None:
        """Write the line at once: whoever watches a log sees it when it is known."""
        del style
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def working(self, text: str) -> None:
        """Say nothing."""


class NoOutput:
    """Nothing: what is written is for a program, and comes at the end."""

    width = DEFAULT_WIDTH

    def line(self, text: str, *, style: str = "") -> None:
        """Say nothing."""

    def working(self, text: str) -> None:
        """Say nothing."""


class RichOutput:
    """Coloured lines above a progress bar."""

    def __init__(self, stream: TextIO, console: Console, bar: Progress, task: TaskID) -> None:
        self.width = _width(stream)
        self._console = console
        self._bar = bar
        self._task = task

    def line(self, text: str, *, style: str = "") -> None:
        """Write the line above the bar, as it is: brackets in it are indices, not markup."""
        self._console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)

    def working(self, text: str) -> None:
        """Move the bar one step."""
        self._bar.update(self._task, description=text, advance=1)


@contextlib.contextmanager
def output(stream: TextIO, *, total: int, quiet: bool, silent: bool = False) -> Iterator[Output]:
    """The output that fits the stream: a progress bar on a terminal if rich is installed, plain lines otherwise.

    Args:
        stream: Where to write.
        total: How many steps `working` will announce.
        quiet: No progress bar.
        silent: No line either.
    """
    if isinstance(stream, io.TextIOWrapper):
        # A name the terminal cannot show must not end the run.
        stream.reconfigure(errors="backslashreplace")
    if silent or quiet or not stream.isatty():
        yield NoOutput() if silent else PlainOutput(stream)
        return
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    except ImportError:  # rich is an extra
        yield PlainOutput(stream)
        return
    console = Console(file=stream)
    # The process's own streams stay as they are: what layers print is caught elsewhere.
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with bar:
        yield RichOutput(stream, console, bar, bar.add_task("", total=total))


@contextlib.contextmanager
def layers_silenced() -> Iterator[None]:
    """What layers print and warn of goes nowhere meanwhile: they are run dozens of times, on inputs of ours."""
    with (
        warnings.catch_warnings(action="ignore"),
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield


def _width(stream: TextIO) -> int:
    return min(shutil.get_terminal_size((DEFAULT_WIDTH, 0)).columns, WIDEST) if stream.isatty() else DEFAULT_WIDTH
