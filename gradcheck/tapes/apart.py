"""Work done in a process forked for it: what a tape keeps globally survives no exception, a loop no time limit."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.cases.importing.rehearsal_child import FORKS

READ_BYTES = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one job came to.

    Attributes:
        value: What it returned, what JSON can carry.
        lost: Why it returned nothing, "" where it did.
    """

    value: Any = None
    lost: str = ""


#: A job: () -> (what JSON can carry, whether the process may go on with the next job).
Job = Callable[[], tuple[Any, bool]]


def answers(jobs: Sequence[Job], seconds: float) -> list[Answer]:
    """Do jobs one after another in forked processes; a fresh one wherever the last one may be spoilt.

    Args:
        jobs: What is to be done.
        seconds: Time limit of each process.
    """
    if not FORKS:
        return [Answer(value=job()[0]) for job in jobs]
    found: list[Answer] = []
    while len(found) < len(jobs):
        lines, why = _forked(jobs[len(found) :], seconds)
        found += [Answer(value=line) for line in lines]
        if why and len(found) < len(jobs):
            found.append(Answer(lost=why))
    return found


def _forked(jobs: Sequence[Job], seconds: float) -> tuple[list[Any], str]:
    """What one process finished, and why it ended before it was done, "" where it ended by itself."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(jobs, writing)
    os.close(writing)
    data, is_late = _read(reading, time.monotonic() + seconds)
    os.close(reading)
    if is_late:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    lines = [json.loads(line) for line in data.split(b"\n")[:-1]]
    if is_late:
        return lines, f"did not finish within {seconds:g} s"
    return lines, "" if code == 0 else f"ended the process ({code})"


def _work(jobs: Sequence[Job], writing: int) -> None:
    code = 1
    try:
        for job in jobs:
            value, goes_on = job()
            data = json.dumps(value).encode() + b"\n"
            while data:
                data = data[os.write(writing, data) :]
            if not goes_on:
                break
        code = 0
    except Exception:  # noqa: BLE001 - it has no caller here; the parent shows the end of what was printed
        traceback.print_exc()
    finally:
        # Neither handlers at exit nor what the parent was doing are to run here.
        os._exit(code)


def _read(reading: int, deadline: float) -> tuple[bytes, bool]:
    data = b""
    while True:
        ready = select.select([reading], [], [], max(deadline - time.monotonic(), 0.0))[0]
        if not ready:
            return data, True
        block = os.read(reading, READ_BYTES)
        if not block:
            return data, False
        data += block
