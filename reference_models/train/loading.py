"""The tasks there are: one for each file of the folder."""

from __future__ import annotations

import importlib
import pkgutil

from reference_models.train import tasks
from reference_models.train.task import Task


def load_all() -> dict[str, Task]:
    """Every task by name, in the order of the names.

    >>> "line" in load_all()
    True

    Raises:
        TypeError: A module of the folder exports no TASK of its own name.
    """
    loaded = {}
    for name in sorted(module.name for module in pkgutil.iter_modules(tasks.__path__)):
        task = getattr(importlib.import_module(f"{tasks.__name__}.{name}"), "TASK", None)
        if not isinstance(task, Task) or task.name != name:
            message = f"{tasks.__name__}.{name} must export TASK, a Task named {name!r}; found {task!r}"
            raise TypeError(message)
        loaded[name] = task
    return loaded
