"""What a file does to the world while it is imported: files written, threads and programs started, timers set.

The import is ours, and nobody asked it to train, to log or to serve. What it writes into the project it can read itself
until it is over, and nobody else; what it starts does not keep our process from ending. What a library does elsewhere
is the library's affair.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import io
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

#: Letters of a mode in which a file is written.
_WRITING = frozenset("wax+")
#: Seconds by which a timer may differ from what it was and still be the same.
_SLACK_SECONDS = 0.5
#: Programs that imports started and that still ran when these were done.
_started: list[subprocess.Popen[Any]] = []


@contextmanager
def confined(folders: Sequence[str]) -> Iterator[None]:
    """Import inside.

    Args:
        folders: Absolute folders into which nothing is written.
    """
    with ExitStack() as stack:
        opened = _writing_apart(builtins.open, folders, stack)
        stack.enter_context(_instead(builtins, "open", opened))
        stack.enter_context(_instead(io, "open", opened))
        stack.enter_context(_instead(os, "mkdir", _making_nowhere(os.mkdir, folders)))
        stack.enter_context(_instead(atexit, "register", _registering_others(atexit.register, folders)))
        stack.enter_context(_instead(threading.Thread, "start", _start_unawaited(threading.Thread.start)))
        stack.enter_context(_instead(subprocess.Popen, "__init__", _noting(subprocess.Popen.__init__)))
        stack.enter_context(_same_timer())
        yield


def _place(path: object, folders: Sequence[str]) -> str:
    """The absolute path of what lies in one of the folders, "" for anything else."""
    try:
        whole = os.path.abspath(os.fspath(path))  # type: ignore[call-overload] # noqa: PTH100 - whatever it hands over
    except TypeError:
        return ""  # a descriptor
    within = isinstance(whole, str) and any(whole.startswith(folder + os.sep) for folder in folders)
    return whole if within else ""


def _writing_apart(original: Callable[..., Any], folders: Sequence[str], stack: ExitStack) -> Callable[..., Any]:
    apart: dict[str, str] = {}

    def opened(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        place = _place(file, folders)
        if not (place and _WRITING & set(mode)):
            return original(apart.get(place, file), mode, *arguments, **named)
        if place not in apart:
            folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            copy = os.path.join(folder, os.path.basename(place))  # noqa: PTH118, PTH119 - strings throughout
            if not set("wx") & set(mode):
                _copy(original, place, copy, is_needed="r" in mode)
            apart[place] = copy
        return original(apart[place], mode.replace("x", "w"), *arguments, **named)

    return opened


def _copy(original: Callable[..., Any], place: str, copy: str, *, is_needed: bool) -> None:
    """What is added to is there first; where it is not, appending begins anew and updating raises."""
    with suppress(*([] if is_needed else [FileNotFoundError])), original(place, "rb") as held:
        kept = held.read()
        with original(copy, "wb") as written:
            written.write(kept)


def _making_nowhere(original: Callable[..., Any], folders: Sequence[str]) -> Callable[..., Any]:
    def made(path: Any, *arguments: Any, **named: Any) -> None:
        if os.path.exists(path) or not _place(path, folders):  # noqa: PTH110 - whatever the user's code hands over
            original(path, *arguments, **named)

    return made


def _registering_others(original: Callable[..., Any], folders: Sequence[str]) -> Callable[..., Any]:
    def registered(function: Callable[..., Any], *arguments: Any, **named: Any) -> Callable[..., Any]:
        code = getattr(function, "__code__", None)
        if code is None or not _place(code.co_filename, folders):
            original(function, *arguments, **named)
        return function

    return registered


def _start_unawaited(original: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    def start(self: threading.Thread) -> None:
        with suppress(RuntimeError):  # started already, which is for the original to say
            self.daemon = True
        original(self)

    return start


def _noting(original: Callable[..., None]) -> Callable[..., None]:
    def started(self: Any, *arguments: Any, **named: Any) -> None:
        original(self, *arguments, **named)
        _started.append(self)

    return started


@contextmanager
def _instead(owner: Any, name: str, stand_in: Any) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, stand_in)
    try:
        yield
    finally:
        if getattr(owner, name) is stand_in:  # what a library patched for good stays patched
            setattr(owner, name, original)


@contextmanager
def _same_timer() -> Iterator[None]:
    """Leave the timer that rings in this process as it was: one set by the import would ring in ours."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    (before, interval), begun = signal.getitimer(signal.ITIMER_REAL), time.monotonic()
    try:
        yield
    finally:
        left = max(before - (time.monotonic() - begun), _SLACK_SECONDS) if before else 0.0
        if abs(signal.getitimer(signal.ITIMER_REAL)[0] - left) > _SLACK_SECONDS or not before:
            signal.setitimer(signal.ITIMER_REAL, left, interval)


@atexit.register
def _end_programs() -> None:
    """End what imports started and left running."""
    for program in _started:
        with contextlib.suppress(OSError):
            if program.poll() is None:
                program.kill()
