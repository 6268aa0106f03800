"""Finds wrong gradients in hand-written backward passes.

The public names are imported when they are first used (PEP 562), so that `import gradcheck` loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.errors import GradcheckError, GradientMismatchError, UsageError
    from gradcheck.library import check_layer, check_training, check_vjp
    from gradcheck.marking import case
    from gradcheck.types import CheckResult, Outcome, Report, TrainingSetup

__version__ = "0.1.0"

__all__ = [
    "CheckResult",
    "GradcheckError",
    "GradientMismatchError",
    "Outcome",
    "Report",
    "TrainingSetup",
    "UsageError",
    "__version__",
    "case",
    "check_layer",
    "check_training",
    "check_vjp",
]

_HOMES = {
    "CheckResult": "gradcheck.types",
    "GradcheckError": "gradcheck.errors",
    "GradientMismatchError": "gradcheck.errors",
    "Outcome": "gradcheck.types",
    "Report": "gradcheck.types",
    "TrainingSetup": "gradcheck.types",
    "UsageError": "gradcheck.errors",
    "case": "gradcheck.marking",
    "check_layer": "gradcheck.library",
    "check_training": "gradcheck.library",
    "check_vjp": "gradcheck.library",
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
