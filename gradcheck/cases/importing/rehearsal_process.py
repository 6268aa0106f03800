"""The pipe to the rehearsal process: started when needed, read with a deadline, ended without orphans."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from gradcheck.cases.importing.rehearsal_child import KILL
from gradcheck.cases.importing.undisturbed import HEADLESS, SCREENS

if TYPE_CHECKING:
    from collections.abc import Mapping

# Seconds a healthy process needs at most to react to a kill, or to end once its input has ended.
REACTION_SECONDS = 5.0
PACKAGE_FOLDER = str(Path(__file__).resolve().parents[3])
# Run by -c and with -P: a folder holding the user's `types.py` must not come first on the search path.
PROGRAM = (
    f"import sys; sys.path.append({PACKAGE_FOLDER!r}); "
    "from gradcheck.cases.importing.rehearsal_child import main; main(forks={forks})"
)
# A worker is forked from a process without threads; BLAS would start some at import.
ONE_THREAD = dict.fromkeys(("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

GONE: Mapping[str, Any] = {"event": "gone"}
LATE: Mapping[str, Any] = {"event": "late"}


class RehearsalProcess:
    """One running rehearsal process; not shared between threads.

    Args:
        forks: Whether it stays and forks a worker per job, or runs one job and ends.
    """

    def __init__(self, *, forks: bool) -> None:
        self._forks = forks
        variables = {name: value for name, value in os.environ.items() if name not in SCREENS}
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-P", "-W", "ignore", "-c", PROGRAM.replace("{forks}", str(forks))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=variables | HEADLESS | ONE_THREAD,
            start_new_session=True,  # Ctrl-C reaches us alone, and we decide
        )
        self._input = cast("IO[bytes]", self._child.stdin)
        self._output = cast("IO[bytes]", self._child.stdout)
        self._events: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
        # A thread, because a pipe has no deadline on every platform.
        self._reader = threading.Thread(target=self._read, name="gradcheck rehearsal", daemon=True)
        self._reader.start()
        self._worker = 0

    def send(self, job: Mapping[str, object]) -> None:
        """Hand over a job; a process that is gone shows at the next `receive`."""
        self._write(job)
        if not self._forks:
            self._end_input()

    def receive(self, seconds: float) -> Mapping[str, Any]:
        """Wait for the next event, for GONE once the process has ended, or give LATE after so many seconds."""
        try:
            event = self._events.get(timeout=seconds)
        except queue.Empty:
            return LATE
        if event["event"] == "ready":
            self._worker = event["worker"]
        if event["event"] == "ended":
            self._worker = 0
        return event

    def end_job(self) -> Mapping[str, Any]:
        """Kill the worker and give its last event: "ended" with what it printed, or GONE."""
        if self._forks and self.alive():
            self._write(KILL)
            # What it had sent before it died is about a time after the deadline and does not count.
            while (event := self.receive(REACTION_SECONDS)) not in (GONE, LATE):
                if event["event"] == "ended":
                    return event
        self.close(kill=True)
        return GONE

    def alive(self) -> bool:
        """Say whether the process still runs."""
        return self._child.poll() is None

    def exit_code(self) -> int | None:
        """Give the exit code of a process that is gone."""
        try:
            return self._child.wait(REACTION_SECONDS)
        except subprocess.TimeoutExpired:
            return None

    def close(self, *, kill: bool = False) -> None:
        """End the process and whatever it started; harmless when repeated.

        Args:
            kill: Do not wait for it to end by itself.
        """
        self._end_input()  # at the end of its input it kills its worker and ends
        if not kill or self._forks:
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(REACTION_SECONDS)
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait(REACTION_SECONDS)
        if self._child.returncode != 0 and self._worker and hasattr(os, "killpg"):
            # Whoever was to end the worker was killed before it could.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._worker, signal.SIGKILL)
        self._worker = 0
        self._reader.join(REACTION_SECONDS)

    def _write(self, request: object) -> None:
        line = json.dumps(request).encode() + b"\n"
        with suppress(OSError, ValueError):  # broken or closed: the reader reports that it is gone
            self._input.write(line)
            self._input.flush()

    def _end_input(self) -> None:
        with suppress(OSError):
            self._input.close()

    def _read(self) -> None:
        with self._output as lines:
            for line in lines:
                self._events.put(json.loads(line))
        self._events.put(GONE)
