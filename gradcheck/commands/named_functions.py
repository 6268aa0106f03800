"""A function of the user's that a command is pointed at, `FILE::function`, and its call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradcheck.cases.declaring.validation import nearest
from gradcheck.cases.importing.loading import load
from gradcheck.cases.importing.reasons import one_line
from gradcheck.commands import targets
from gradcheck.errors import UsageError
from gradcheck.source.project import root_of


@contextmanager
def made_by(text: str) -> Iterator[Any]:
    """Call a function without arguments; what it returned, while its file can import what it imports.

    Args:
        text: As typed.

    Raises:
        UsageError: There is no such file or function, or it raised.
        LoadError: Its file cannot be imported.
    """
    target = targets.parse(text, start=Path.cwd())
    if not target.qualname or target.path.is_dir():
        raise UsageError(f"{text!r}: name a function of a file, such as train.py::setup")
    root = root_of(target.path, start=Path.cwd())
    loaded = load(target.path, root)
    function = getattr(loaded.module, target.qualname, None)
    if not callable(function):
        known = [name for name, value in vars(loaded.module).items() if callable(value) and not name.startswith("_")]
        raise UsageError(f"{target.path.name} has no function {target.qualname!r}{nearest(target.qualname, known)}")
    with loaded.environment():
        yield _called(function, text, root)


def _called(function: Callable[[], Any], text: str, root: Path) -> Any:
    try:
        return function()
    except Exception as error:  # a stranger's function may raise anything
        raise UsageError(f"{text} raised {one_line(error, str(root))}") from error
