"""What happens to one job: the import, then one key after another, each with a line to the parent."""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from gradcheck.cases.importing.loading import load
from gradcheck.cases.importing.reasons import one_line
from gradcheck.errors import BuildError, LoadError

Job = dict[str, Any]
Tell = Callable[[Mapping[str, object]], None]

# Libraries that take a second to import; once a file needed one, the parent process of later workers has it too.
SLOW_LIBRARIES = frozenset({"pandas", "scipy", "sklearn", "torch"})
#: This package's folder and NumPy's, parts of which are imported by the first who asks for them.
OWN_FOLDERS = tuple(str(folder) + os.sep for folder in (Path(__file__).resolve().parents[2], Path(np.__file__).parent))
# Share of a time limit after which a worker says where it is.
LAST_WORDS = 0.9


def become_worker(job: Job, channel: int, output: int) -> NoReturn:
    """Turn a fresh fork into a worker of its own process group, do the job and end.

    Args:
        job: The job.
        channel: Descriptor for events.
        output: Descriptor for whatever is printed.
    """
    code = 1
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        point_to_nothing(0, os.O_RDONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
        faulthandler.enable(file=sys.stderr)
        _limit(job["processor_seconds"])
        perform(job, teller(channel))
        code = 0
    except BaseException:  # noqa: BLE001 - it has no caller to go to; the parent shows the end of what was printed
        traceback.print_exc()
    finally:
        # Neither the handlers at exit of the parent's modules nor those of the user's are to run.
        os._exit(code)


def _limit(processor_seconds: int) -> None:
    # The watch has a clock; this is for the case that the watch itself is killed. A crash leaves no core file.
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def perform(job: Job, tell: Tell) -> None:
    """Import the job's file and call its action for each key."""
    file, root, arguments = Path(job["file"]), Path(job["root"]), job["arguments"]
    sys.path[:] = job["path"]
    os.chdir(job["folder"])
    module, _, function = job["action"].partition(":")
    try:
        action = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        tell({"event": "unusable", "reason": f"{job['action']}: {one_line(error, '')}"})
        return
    tell({"event": "ready", "worker": os.getpid()})
    # Just before the time is up, say where it is; the parent reads it in what was printed last.
    early = LAST_WORDS * job["seconds"]
    faulthandler.dump_traceback_later(early)
    try:
        load(file, root)
    except LoadError as error:
        tell({"event": "refused", "reason": str(error)})
        return
    tell({"event": "imported", "libraries": sorted(SLOW_LIBRARIES & sys.modules.keys())})
    for key in job["keys"]:
        faulthandler.dump_traceback_later(early)
        found = _attempt(action, file, root, key, arguments)
        used = sorted(_own_modules()) if key == job["keys"][-1] else []
        tell({"event": "finished", "key": key, "used": used} | found)


def _own_modules() -> list[str]:
    """The modules of this package and of NumPy that the job needed: the parent of later workers loads them once."""
    files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    return [name for name, file in files.items() if isinstance(file, str) and file.startswith(OWN_FOLDERS)]


def _attempt(action: Callable[..., Any], file: Path, root: Path, key: str, arguments: object) -> dict[str, object]:
    try:
        answer = action(file, root, key, arguments)
        json.dumps(answer)
    except BuildError as error:
        return {"ok": False, "reason": error.reason, "remedy": list(error.remedy)}
    except SystemExit as error:
        return {"ok": False, "reason": f"building it called sys.exit (code {error.code})", "remedy": []}
    except BaseException as error:  # noqa: BLE001 - a stranger's class may raise anything; the next key goes on
        return {"ok": False, "reason": one_line(error, str(root)), "remedy": []}
    return {"ok": True, "answer": answer}


def teller(channel: int) -> Tell:
    """Give a function that writes one event to a descriptor, past every buffer."""

    def tell(event: Mapping[str, object]) -> None:
        data = json.dumps(event).encode() + b"\n"
        while data:
            data = data[os.write(channel, data) :]

    return tell


def point_to_nothing(descriptor: int, mode: int) -> None:
    """Connect a descriptor to the null device."""
    nothing = os.open(os.devnull, mode)
    os.dup2(nothing, descriptor)
    os.close(nothing)
