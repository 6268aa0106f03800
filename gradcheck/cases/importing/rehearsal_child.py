"""The process in which strangers' code runs first; started by `rehearsal_process`, never imported by a user's run.

It speaks JSON lines: a job on standard input, events on what was its standard output. Where the platform can
fork it stays alive with NumPy loaded and forks a worker per job, so that a job costs milliseconds and a dead
worker costs nothing; elsewhere it runs one job itself and ends.

    job     {"file", "root", "keys", "action", "arguments", "path", "folder", "preload", "seconds",
             "processor_seconds"}
    events  {"event": "ready", "worker"}                               the import begins
            {"event": "imported", "libraries"}                         the first key begins
            {"event": "refused", "reason"}                             the import raised
            {"event": "finished", "key", "used", "ok", "answer" | "reason", "remedy"}   "used": our modules it needed
            {"event": "unusable", "reason"}                            the action itself cannot be imported
            {"event": "ended", "code", "output"}                       the worker is gone; negative codes are signals
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import sys
from contextlib import suppress

from gradcheck.cases.importing.rehearsal_worker import Job, become_worker, perform, point_to_nothing, teller
from gradcheck.cases.importing.undisturbed import Tail

# After a fork of a process with Apple's frameworks loaded, their calls may hang; the standard library does not either.
FORKS = hasattr(os, "fork") and sys.platform != "darwin"
KILL = "kill"
READ_BYTES = 65536
OWN_ACTIONS = "gradcheck."


def main(*, forks: bool) -> None:
    """Serve jobs until standard input ends.

    Args:
        forks: Whether to stay and fork a worker per job, or to run one job here.
    """
    channel = os.dup(1)
    point_to_nothing(1, os.O_WRONLY)
    if not forks:
        line = sys.stdin.readline()
        point_to_nothing(0, os.O_RDONLY)
        if line:
            perform(json.loads(line), teller(channel))
        os._exit(0)
    wake = _wake_on_child()
    gc.collect()
    gc.freeze()  # a worker's collections leave the shared pages alone
    pending = b""
    while True:
        block = os.read(0, READ_BYTES)
        if not block:
            return
        *lines, pending = (pending + block).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if request != KILL:  # a kill that came too late finds nobody
                _fork_and_watch(request, channel, wake)


def _fork_and_watch(job: Job, channel: int, wake: int) -> None:
    _load_ahead(job)
    reading, writing = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(reading)
        become_worker(job, channel, writing)
    os.close(writing)
    with suppress(OSError):  # it does so itself as well, whichever comes first, and may be gone already
        os.setpgid(worker, worker)
    tail = Tail()
    parent_gone = _watch(worker, reading, wake, tail)
    # The worker is dead and not yet reaped: its number cannot name another group.
    _kill_group(worker)
    code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    _drain(reading, tail)
    os.close(reading)
    if parent_gone:
        raise SystemExit
    teller(channel)({"event": "ended", "code": code, "output": tail.text()})


def _watch(worker: int, output: int, wake: int, tail: Tail) -> bool:
    # Returns once the worker is dead; True when the parent went away meanwhile.
    parent_gone = False
    sources = [0, output, wake]
    while True:
        ready = select.select(sources, [], [])[0]
        if output in ready and not tail.write(os.read(output, READ_BYTES)):
            sources.remove(output)
        if wake in ready:
            os.read(wake, READ_BYTES)
        if 0 in ready:
            # Only "kill" comes during a job, and the end of input when the parent is gone.
            parent_gone = not os.read(0, READ_BYTES)
            _kill_group(worker)
            if parent_gone:
                sources.remove(0)
        if os.waitid(os.P_PID, worker, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return parent_gone


def _load_ahead(job: Job) -> None:
    # Before the fork, so that no worker pays for it again; what fails here fails in the worker with a reason.
    own = [job["action"].partition(":")[0]] if job["action"].startswith(OWN_ACTIONS) else []
    for name in [*own, *job["preload"]]:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()


def _wake_on_child() -> int:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to end
    return reading


def _kill_group(worker: int) -> None:
    for kill in (os.killpg, os.kill):  # before the worker made its group there is only itself
        with suppress(ProcessLookupError, PermissionError):  # gone, which is what is wanted
            kill(worker, signal.SIGKILL)


def _drain(source: int, tail: Tail) -> None:
    os.set_blocking(source, False)
    with suppress(BlockingIOError):  # a process that left the group still holds the other end
        while block := os.read(source, READ_BYTES):
            tail.write(block)
