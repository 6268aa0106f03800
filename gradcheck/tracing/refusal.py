"""Why a trace was given up: which call, on which line of the user's file."""

from __future__ import annotations

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


def is_library(file: str) -> bool:
    """Whether a file belongs to Python, NumPy, torch, SciPy or gradcheck itself."""
    return file.startswith(("<frozen", "<__array_function__")) or file.startswith(_prefixes())


def _prefixes() -> tuple[str, ...]:
    global _known  # noqa: PLW0603 - worked out once
    if not _known:
        folders = [str(Path(__file__).parents[1]), *(_folder(name) for name in _LIBRARIES)]
        standard = sysconfig.get_path("stdlib")
        names = sorted(sys.stdlib_module_names)
        folders += [str(Path(standard, name)) for name in names]
        files = [str(Path(standard, f"{name}.py")) for name in names]
        _known = (*(f"{folder}/" for folder in folders if folder), *files)
    return _known


_known: tuple[str, ...] = ()


def _folder(name: str) -> str:
    spec = find_spec(name)
    return str(Path(spec.origin).parent) if spec is not None and spec.origin else ""


def _line(file: str, number: int) -> str:
    source = linecache.getline(file, number).strip()
    return f"in {Path(file).name}:{number}" + (f": {source}" if source else "")
