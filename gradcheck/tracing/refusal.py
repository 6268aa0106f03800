"""Why a trace was given up: which call, on which line of the user's file."""

from __future__ import annotations

import functools
import linecache
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from types import FrameType, TracebackType

#: Code that runs between the user's line and ours; a refusal points past it.
_LIBRARIES = ("numpy", "torch", "scipy")


class RefusalError(Exception):
    """A traced value would leave the trace, or reached a call that is not traced."""


def place(frame: FrameType | None) -> str:
    """The nearest user's line at or above a frame, as `in layers.py:42: y = float(x)`; "" where there is none."""
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return "" if frame is None else _line(frame.f_code.co_filename, frame.f_lineno)


def place_of(traceback: TracebackType | None) -> str:
    """The innermost user's line of a traceback."""
    found = ""
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if not is_library(file):
            found = _line(file, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def here() -> str:
    """The user's line that is being executed."""
    return place(sys._getframe(1))  # noqa: SLF001 - the documented way to the current frame without formatting it


@functools.cache
def is_library(file: str) -> bool:
    """Whether a file belongs to Python, NumPy, torch, SciPy or gradcheck itself."""
    return file.startswith(_folders()) or (file.startswith(_standard()) and not is_installed(file))


def is_installed(file: str) -> bool:
    """Whether a file lies where libraries are installed."""
    return any(f"/{name}/" in file for name in ("site-packages", "dist-packages"))


@functools.cache
def _standard() -> tuple[str, ...]:
    places = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    return ("<frozen", "<__array_function__", *(f"{place}/" for place in places))


@functools.cache
def _folders() -> tuple[str, ...]:
    """Folders of what runs between the user's line and ours, wherever it is installed."""
    folders = [str(Path(__file__).parents[1]), *(_folder(name) for name in _LIBRARIES)]
    return tuple(f"{folder}/" for folder in folders if folder)


def _folder(name: str) -> str:
    spec = find_spec(name)
    return str(Path(spec.origin).parent) if spec is not None and spec.origin else ""


def _line(file: str, number: int) -> str:
    source = linecache.getline(file, number).strip()
    return f"in {Path(file).name}:{number}" + (f": {source}" if source else "")
