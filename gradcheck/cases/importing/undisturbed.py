"""Importing a stranger's file leaves the process as it was: settings, random state, streams, signals."""

from __future__ import annotations

import io
import logging
import os
import random
import signal
import sys
import threading
import warnings
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TextIO

import numpy as np
import numpy.random as numpy_random

from gradcheck.cases.importing.confined import confined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed import ReadableBuffer

TAIL_BYTES = 4096
TAIL_LINES = 40
# A module that opens windows finds no screen, and one that plots draws into memory.
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
HEADLESS = {"MPLBACKEND": "Agg"}


class Tail(io.BufferedIOBase):
    """A binary stream that keeps the last TAIL_BYTES bytes; closing it does nothing, for others may still write."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = b""

    def writable(self) -> bool:
        """Answer yes."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Append, and forget what is too old."""
        block = bytes(data)
        self._kept = (self._kept + block)[-TAIL_BYTES:]
        return len(block)

    def close(self) -> None:
        """Stay open."""

    def text(self) -> str:
        """Give the last lines written."""
        return "\n".join(self._kept.decode("utf-8", errors="replace").strip().splitlines()[-TAIL_LINES:])


@contextmanager
def undisturbed(file: Path) -> Iterator[Tail]:
    """Run the import of `file` as a script would run it alone, and put everything back, whatever happens.

    `sys.argv` holds the file alone, standard input is at its end, what is printed goes to the Tail.
    Restored: arguments, streams, working folder, environment variables, random state of `random` and of
    NumPy's global generator, warning filters, NumPy's error and print settings, signal handlers, logging's
    root handlers, the recursion limit. What it writes, starts and leaves behind is kept from the project (`confined`).
    """
    tail = Tail()
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        # A warning turned into an error by somebody's test settings is not the file's failure.
        warnings.simplefilter("ignore")
        stack.enter_context(np.errstate())
        stack.enter_context(np.printoptions())
        stack.callback(random.setstate, random.getstate())
        stack.callback(numpy_random.set_state, numpy_random.get_state())  # noqa: NPY002 - the user's code draws from it
        stack.callback(os.chdir, os.getcwd())  # noqa: PTH109 - a string, as it was
        stack.callback(sys.setrecursionlimit, sys.getrecursionlimit())
        stack.callback(_restore_variables, dict(os.environ))
        stack.callback(_restore_signals, {number: signal.getsignal(number) for number in signal.valid_signals()})
        stack.callback(_restore_logging, list(logging.root.handlers), logging.root.level)
        stack.callback(_restore_streams, (sys.argv, sys.stdin, sys.stdout, sys.stderr))
        stack.enter_context(confined([os.getcwd(), str(file.parent)]))  # noqa: PTH109 - a string, as the others
        for name in SCREENS:
            os.environ.pop(name, None)
        os.environ.update(HEADLESS)
        sys.argv = [str(file)]
        sys.stdin = io.StringIO()
        sys.stdout = io.TextIOWrapper(tail, encoding="utf-8", errors="replace", write_through=True)
        sys.stderr = io.TextIOWrapper(tail, encoding="utf-8", errors="replace", write_through=True)
        yield tail


def _restore_streams(streams: tuple[list[str], TextIO, TextIO, TextIO]) -> None:
    sys.argv, sys.stdin, sys.stdout, sys.stderr = streams


def _restore_variables(before: dict[str, str]) -> None:
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    for name, value in before.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


def _restore_signals(before: dict[int, object]) -> None:
    if threading.current_thread() is not threading.main_thread():
        return  # only the main thread can set handlers, so none was changed here
    for number, handler in before.items():
        # A handler that was not set from Python reads as None and cannot be set from Python.
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)  # type: ignore[arg-type]


def _restore_logging(handlers: list[logging.Handler], level: int) -> None:
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
