"""Finds wrong gradients in hand-written backward passes.

The public names are imported when they are first used (PEP 562), so that `import gradcheck` loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.errors import GradcheckError, GradientMismatchError, UsageError
    from gradcheck.interface import check_layer, check_pair, check_training, check_vjp
    from gradcheck.marking import case, training
    from gradcheck.memory.account import MemoryAccount
    from gradcheck.memory.measuring import memory_account
    from gradcheck.recording.reader import Run, read_run
    from gradcheck.recording.recorder import Recorder, record
    from gradcheck.types import CheckResult, Outcome, Report, TrainingSetup

__version__ = "0.1.0"

__all__ = [
    "CheckResult",
    "GradcheckError",
    "GradientMismatchError",
    "MemoryAccount",
    "Outcome",
    "Recorder",
    "Report",
    "Run",
    "TrainingSetup",
    "UsageError",
    "__version__",
    "case",
    "check_layer",
    "check_pair",
    "check_training",
    "check_vjp",
    "memory_account",
    "read_run",
    "record",
    "training",
]

_HOMES = {
    "CheckResult": "gradcheck.types",
    "GradcheckError": "gradcheck.errors",
    "GradientMismatchError": "gradcheck.errors",
    "MemoryAccount": "gradcheck.memory.account",
    "Outcome": "gradcheck.types",
    "Recorder": "gradcheck.recording.recorder",
    "Report": "gradcheck.types",
    "Run": "gradcheck.recording.reader",
    "TrainingSetup": "gradcheck.types",
    "UsageError": "gradcheck.errors",
    "case": "gradcheck.marking",
    "check_layer": "gradcheck.interface",
    "check_pair": "gradcheck.interface",
    "check_training": "gradcheck.interface",
    "check_vjp": "gradcheck.interface",
    "memory_account": "gradcheck.memory.measuring",
    "read_run": "gradcheck.recording.reader",
    "record": "gradcheck.recording.recorder",
    "training": "gradcheck.marking",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(importlib.import_module(home), name)
    globals()[name] = value  # the next use finds it without coming here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
