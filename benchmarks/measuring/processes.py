"""Whole processes, timed in turn."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Settings of the caller that would reach the measured process.
_FOREIGN = ("PYTHON", "PYTEST_", "COVERAGE", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command to be timed.

    Attributes:
        words: Program and arguments.
        folder: Where it runs.
        settings: What is added to the environment.
    """

    words: Sequence[str]
    folder: Path
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds of one run: on the clock, and of processor time."""

    wall: float
    processor: float


def timed(command: Command) -> Timing:
    """Run once.

    Raises:
        RuntimeError: It ended with another code than 0; the message holds its output.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - the words are written in the benchmark
        command.words,
        cwd=command.folder,
        env={**inherited, **command.settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command.words)} ended with {process.returncode}: {output.decode()}")
    wall = time.perf_counter() - start
    return Timing(wall=1000.0 * wall, processor=1000.0 * (usage.ru_utime + usage.ru_stime))


def interleaved(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Timing]]:
    """Every command once per round, forwards and backwards in turn, so that a busy machine is busy for all of them.

    Two rounds before the first are thrown away: they fill the caches of compiled modules.
    """
    timings: dict[str, list[Timing]] = {name: [] for name in commands}
    for number in range(-2, rounds):
        for name in sorted(commands, reverse=bool(number % 2)):
            timing = timed(commands[name])
            if number >= 0:
                timings[name].append(timing)
    return timings


def quietly(*words: str) -> None:
    """Run a command of the set-up.

    Raises:
        subprocess.CalledProcessError: It failed; its output has been printed.
    """
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - written in the benchmark
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        done.check_returncode()
