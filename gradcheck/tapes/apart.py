"""Work done in a process forked for it: what a tape keeps globally survives no exception, a loop no time limit."""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from gradcheck.cases.importing.rehearsal_child import FORKS
from gradcheck.tapes.remains import leaves_something

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


def answers(batches: Sequence[Sequence[Job]], seconds: float) -> list[list[Answer]]:
    """Do jobs one after another in forked processes; a fresh one wherever the last one may be spoilt.

    It may be after a job that says so, and after a batch that left something behind.

    Args:
        batches: What is to be done.
        seconds: Time limit of each batch, and of what is left of it in a fresh process.

    Returns:
        The answers of each batch.
    """
    jobs = [job for batch in batches for job in batch]
    ends = list(itertools.accumulate(len(batch) for batch in batches))
    found = _in_forks(jobs, set(ends), seconds) if FORKS else [Answer(value=job()[0]) for job in jobs]
    return [found[end - len(batch) : end] for batch, end in zip(batches, ends, strict=True)]


def _in_forks(jobs: Sequence[Job], ends: AbstractSet[int], seconds: float) -> list[Answer]:
    found: list[Answer] = []
    while len(found) < len(jobs):
        lines, why = _forked(jobs, len(found), ends, seconds)
        found += [Answer(value=line) for line in lines]
        if why and len(found) < len(jobs):
            found.append(Answer(lost=why))
    return found


def _forked(jobs: Sequence[Job], start: int, ends: AbstractSet[int], seconds: float) -> tuple[list[Any], str]:
    """What one process finished of the jobs from a start, and why it ended before it was done, "" where by itself."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(jobs, start, ends, writing)
    os.close(writing)
    data, is_late = _read(reading, start, ends, seconds)
    os.close(reading)
    if is_late:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    lines = [json.loads(line) for line in data.split(b"\n")[:-1]]
    if is_late:
        return lines, f"did not finish within {seconds:g} s"
    return lines, "" if code == 0 else f"ended the process ({code})"


def _work(jobs: Sequence[Job], start: int, ends: AbstractSet[int], writing: int) -> None:
    code = 1
    try:
        # What was there before is nothing the jobs leave behind.
        gc.freeze()
        for place, job in enumerate(jobs[start:], start):
            value, goes_on = job()
            data = json.dumps(value).encode() + b"\n"
            while data:
                data = data[os.write(writing, data) :]
            if not goes_on or (place + 1 in ends and leaves_something()):
                break
        code = 0
    except Exception:  # noqa: BLE001 - it has no caller here; the parent shows the end of what was printed
        traceback.print_exc()
    finally:
        # Neither handlers at exit nor what the parent was doing are to run here.
        os._exit(code)


def _read(reading: int, start: int, ends: AbstractSet[int], seconds: float) -> tuple[bytes, bool]:
    """What a process wrote, a line a job, and whether it was late; the clock starts anew with each batch."""
    data, done, deadline = b"", start, time.monotonic() + seconds
    while True:
        ready = select.select([reading], [], [], max(deadline - time.monotonic(), 0.0))[0]
        if not ready:
            return data, True
        block = os.read(reading, READ_BYTES)
        if not block:
            return data, False
        data += block
        before, done = done, done + block.count(b"\n")
        if not ends.isdisjoint(range(before + 1, done + 1)):
            deadline = time.monotonic() + seconds
