"""A time limit for each evaluation of a stranger's code: what loops for ever costs its own check, and not the run.

The limit is kept by the operating system's timer, which POSIX has and which reaches the main thread alone; elsewhere,
and while a library computes without returning to Python, nothing is interrupted.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sysconfig
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

#: Seconds one forward or one backward may take: what takes a tenth of it makes a run nobody waits for.
EVALUATION_SECONDS = 60.0
#: Seconds after which a loop that swallowed the interruption is interrupted again.
AGAIN_SECONDS = 1.0
#: Seconds after which is looked again where our own code was about to put something back.
SOON_SECONDS = 0.02
#: The least a timer can be set to that somebody else had set and that ran out meanwhile.
LEAST_SECONDS = 1.0e-6

#: Folders of code that belongs to whoever calls it.
_OURS = str(Path(__file__).resolve().parents[2]) + os.sep
_LIBRARIES = (sysconfig.get_path("stdlib") + os.sep, "<frozen")
_INSTALLED = "-packages" + os.sep  # site-packages, dist-packages
_NUMPY = _INSTALLED + "numpy" + os.sep

_limit = EVALUATION_SECONDS


class OverdueError(BaseException):
    """An evaluation did not end in time; no `Exception`, which the user's code, or ours, would take for an answer.

    Args:
        seconds: How long it was given.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"did not end within {seconds:g} s")
        self.seconds = seconds


#: Who waited for the timer before `listening`; False while nobody listens.
_theirs: Any = False
#: IDLE: the timer is somebody else's, or nobody's; TIMING: ours; ENDING: ours, and what it has to say comes too late.
IDLE, TIMING, ENDING = range(3)
_state = IDLE


@contextlib.contextmanager
def allowing(seconds: float) -> Iterator[None]:
    """Give each evaluation inside so many seconds."""
    global _limit  # noqa: PLW0603 - evaluations are made far below whoever knows the project's settings
    before, _limit = _limit, seconds
    try:
        with listening():
            yield
    finally:
        _limit = before


@contextlib.contextmanager
def listening() -> Iterator[None]:
    """Have the timer ring here, once for thousands of evaluations; what rings for somebody else is passed on.

    Where somebody waits for the timer to end the process there is nobody to pass it on to, and it is left alone.
    """
    global _theirs  # noqa: PLW0603 - a signal has one handler
    if not _has_timer() or _theirs is not False:
        yield
        return
    handler = signal.getsignal(signal.SIGALRM)
    if not callable(handler) and signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    _theirs = handler
    signal.signal(signal.SIGALRM, _ring)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, handler if handler is not None else signal.SIG_DFL)
        _theirs = False


@contextlib.contextmanager
def deadline() -> Iterator[None]:
    """Interrupt what is inside once the limit is over; inside another deadline that one counts.

    A timer that somebody else has set and that would ring first is left alone, and every other one is set again.

    Raises:
        OverdueError: It did not end in time.
    """
    global _state  # noqa: PLW0603 - there is one timer
    with contextlib.nullcontext() if _theirs is not False else listening():
        if _theirs is False or _state != IDLE or not _has_timer():
            yield
            return
        # pytest's plugins for time limits use the same timer.
        remaining, interval = signal.getitimer(signal.ITIMER_REAL)
        if 0.0 < remaining <= _limit:
            yield
            return
        begun, _state = time.monotonic(), TIMING
        signal.setitimer(signal.ITIMER_REAL, _limit, AGAIN_SECONDS)
        try:
            yield
        finally:
            _state = ENDING
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            _state = IDLE
            if remaining:
                left = remaining - (time.monotonic() - begun)
                signal.setitimer(signal.ITIMER_REAL, max(left, LEAST_SECONDS), interval)


def _has_timer() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _ring(number: int, frame: FrameType | None) -> None:
    if _state == IDLE and callable(_theirs):
        _theirs(number, frame)
    if _state != TIMING:
        return
    if not is_theirs(frame):
        # Raised here it would leave what is exchanged for an evaluation exchanged for good.
        signal.setitimer(signal.ITIMER_REAL, SOON_SECONDS, AGAIN_SECONDS)
        return
    raise OverdueError(_limit)


def is_theirs(frame: FrameType | None) -> bool:
    """Whether the user's code is what runs, itself or by way of a library, and not ours around it."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_OURS):
            return False
        is_library = file.startswith(_LIBRARIES) and _INSTALLED not in file
        if not is_library and _NUMPY not in file:
            return True
        frame = frame.f_back
    return False
