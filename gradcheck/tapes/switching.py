"""Switching gradients on where a framework does so while it runs, by a function that patches its Tensor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradcheck.cases.importing.loading import load
from gradcheck.cases.importing.reasons import one_line
from gradcheck.errors import BuildError
from gradcheck.source.switches import Switch, switches_of


def switch_on(cls: Any, root: Path, declared: str) -> str:
    """Give a Tensor class its backward, by the function declared or the first that is found.

    Args:
        cls: The class.
        root: The project root.
        declared: `path/from/root.py::function`, or "".

    Returns:
        What was called, as a sentence; "" where the class has a backward of its own.

    Raises:
        BuildError: Nothing gives it one, or what does so raises.
        LoadError: The file of the switch cannot be imported.
    """
    if callable(getattr(cls, "backward", None)) and not declared:
        return ""
    path, _, function = declared.partition("::")
    found = (
        [Switch(cls=cls.__name__, path=str(root / path), function=function)]
        if declared
        else list(switches_of(cls.__name__, root))
    )
    for switch in found:
        _pull(switch, root)
        if callable(getattr(cls, "backward", None)):
            shown = f"{Path(switch.path).relative_to(root).as_posix()}::{switch.function}".removesuffix("::")
            return f"gradients were switched on by {shown}"
    raise BuildError(
        f"{cls.__name__} has no backward, and nothing was found that gives it one",
        (
            "name the function that switches gradients on, in pyproject.toml:",
            f'[tool.gradcheck.layers."...::{cls.__name__}"] enable = "path/to/file.py::function"',
        ),
    )


def _pull(switch: Switch, root: Path) -> None:
    loaded = load(Path(switch.path), root)
    if not switch.function:
        return
    function = getattr(loaded.module, switch.function, None)
    if not callable(function):
        raise BuildError(f"{Path(switch.path).name} has no function {switch.function}")
    try:
        with loaded.environment():
            function()
    except Exception as error:
        raise BuildError(f"{switch.function}(), which switches gradients on, raises {one_line(error, '')}") from error
