"""Rehearsing a stranger's import and first build in a child process; only what survived is loaded here.

A module that calls `os._exit`, loops for ever, crashes the interpreter or opens a window costs its own classes
their verdict and nobody else anything.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

from gradcheck.cases.importing.rehearsal_child import FORKS
from gradcheck.cases.importing.rehearsal_process import REACTION_SECONDS, RehearsalProcess
from gradcheck.cases.importing.verdict import BUILDING, IMPORTING, Verdict, lost, manner, of_event
from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Seconds for an import, and again for each class: slow machines import torch in 15.
DEFAULT_SECONDS = 20.0
# Seconds until the process stands with NumPy and what earlier jobs needed; a cold disk is slow.
START_SECONDS = 60.0
CORES = os.cpu_count() or 1


class Rehearsal:
    """A rehearsal process and its restarts; a context manager; several threads wait for one another.

    Args:
        forks: Whether the process forks a worker per job; without, every job pays for a fresh interpreter.
    """

    def __init__(self, *, forks: bool = FORKS) -> None:
        self._forks = forks
        self._process: RehearsalProcess | None = None
        self._owner = os.getpid()
        self._ours: set[str] = set()
        self._slow: dict[str, set[str]] = {}
        self._one_at_a_time = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the next rehearsal starts another."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():  # a forked copy of us owns nothing
            process.close()

    def rehearse(
        self, file: Path, root: Path, jobs: Sequence[str], *, action: str, arguments: Mapping[str, Any], seconds: float
    ) -> dict[str, Verdict]:
        """Import `file` in the child and call the action for each key; see `rehearse`."""
        verdicts: dict[str, Verdict] = {}
        remaining = list(dict.fromkeys(jobs))
        with self._one_at_a_time:
            try:
                while remaining:
                    request = {
                        "file": str(file.resolve()),
                        "root": str(root.resolve()),
                        "keys": remaining,
                        "action": action,
                        "arguments": dict(arguments),
                        "path": [str(entry) for entry in sys.path],
                        "folder": os.getcwd(),  # noqa: PTH109 - JSON carries strings
                        "preload": self._ahead(file),
                        "seconds": seconds,
                        # What the clock allows on every core.
                        "processor_seconds": int(CORES * seconds * (1 + len(remaining)) + START_SECONDS),
                    }
                    verdicts |= self._one_worker(request, remaining, seconds)
                    remaining = [key for key in remaining if key not in verdicts]
            except BaseException:
                # Interrupted in the middle of a job, the process may still talk of it: start afresh next time.
                self.close()
                raise
        return {key: verdicts[key] for key in dict.fromkeys(jobs)}

    def _take_note(self, file: str, libraries: Sequence[str]) -> None:
        for library in libraries:
            self._slow.setdefault(library, set()).add(file)

    def _ahead(self, file: Path) -> list[str]:
        """What to load before the fork: modules of ours that earlier jobs needed, and the libraries this one will.

        A second spent on a library that one file of many needs is a second lost.
        """
        try:
            text = file.read_bytes()
        except OSError:  # told by the import itself
            text = b""
        libraries = {name for name, files in self._slow.items() if len(files) > 1 or name.encode() in text}
        return sorted(self._ours | libraries)

    def _one_worker(self, request: Mapping[str, Any], keys: Sequence[str], seconds: float) -> dict[str, Verdict]:
        # One worker's life: a verdict for each key it lived to finish, and one for the key it died at.
        process = self._running()
        process.send(request)
        verdicts: dict[str, Verdict] = {}
        stage, limit = "starting the rehearsal process", START_SECONDS
        while True:
            event = process.receive(limit)
            match event["event"]:
                case "ready":
                    stage, limit = IMPORTING, seconds
                case "imported":
                    stage = BUILDING
                    self._take_note(request["file"], event["libraries"])
                case "finished":
                    self._ours.update(event["used"])
                    verdicts[event["key"]] = of_event(event)
                    limit = seconds if len(verdicts) < len(keys) else REACTION_SECONDS
                case "refused":
                    verdicts = dict.fromkeys(keys, Verdict(ok=False, reason=event["reason"]))
                    limit = REACTION_SECONDS
                case "unusable":
                    raise UsageError(event["reason"])
                case "late":
                    last = self._ended(process.end_job())
                    if len(verdicts) == len(keys):
                        return verdicts
                    return verdicts | lost(request, verdicts, stage, f"did not finish within {limit:g} s", last)
                case _:
                    last = self._ended(event)
                    if len(verdicts) == len(keys):
                        return verdicts
                    what = f"ended the process ({manner(last['code'])})"
                    return verdicts | lost(request, verdicts, stage, what, last)

    def _running(self) -> RehearsalProcess:
        if self._owner != os.getpid():
            self._process, self._owner = None, os.getpid()
        if self._process is not None and not self._process.alive():
            self.close()
        if self._process is None:
            self._process = RehearsalProcess(forks=self._forks)
        return self._process

    def _ended(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        # The process that is gone itself is replaced; a worker that ended leaves it as it was.
        if event["event"] == "ended":
            return event
        process, self._process = self._process, None
        code = None
        if process is not None:
            code = process.exit_code()
            process.close(kill=True)
        return {"event": "ended", "code": code, "output": ""}


_shared = Rehearsal()
atexit.register(_shared.close)


def rehearse(
    file: Path,
    root: Path,
    jobs: Sequence[str],
    *,
    action: str,
    arguments: Mapping[str, Any],
    seconds: float = DEFAULT_SECONDS,
) -> dict[str, Verdict]:
    """Import a file in a child process and call an action there for each key, one after another.

    A key at which the child dies or does not finish is lost; the keys after it go on in a fresh child. Where
    the import itself fails, every key gets that verdict.

    Args:
        file: The Python file.
        root: The project root.
        jobs: The keys, such as qualified names; the verdicts come in their order.
        action: `package.module:function`, called as function(file, root, key, arguments); it returns what
            JSON can carry, or raises.
        arguments: What JSON can carry.
        seconds: Time limit of the import, and again of each key.

    Raises:
        UsageError: The action cannot be imported.
    """
    return _shared.rehearse(file, root, jobs, action=action, arguments=arguments, seconds=seconds)
