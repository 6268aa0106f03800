"""Resident memory of this process, as Linux tells it in /proc."""

from __future__ import annotations

import ctypes
from pathlib import Path

STATUS = Path("/proc/self/status")
#: Writing this makes the peak the present value again (proc_pid_clear_refs(5)).
CLEAR_REFS, RESET_PEAK = Path("/proc/self/clear_refs"), "5"
#: /proc counts in kibibytes.
KIBIBYTE = 1024


def now() -> int:
    """Bytes resident now."""
    return _field("VmRSS")


def peak() -> int:
    """The most bytes resident since `restart`."""
    return _field("VmHWM")


def restart() -> None:
    """Hand freed memory back to the system, and count the peak anew."""
    ctypes.CDLL(None).malloc_trim(0)
    CLEAR_REFS.write_text(RESET_PEAK, encoding="ascii")


def _field(name: str) -> int:
    for line in STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * KIBIBYTE
    raise LookupError(name)
