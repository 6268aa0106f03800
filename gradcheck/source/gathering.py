"""The Python files that paths mean, each with the project it belongs to."""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.source.project import project_root, python_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A file that was asked for.

    Attributes:
        path: Absolute, posix.
        root: The root of its project, absolute.
        named: Whether it was given by name, not found below a folder.
    """

    path: str
    root: Path
    named: bool

    @property
    def shown(self) -> str:
        """The path from the project root."""
        return Path(self.path).relative_to(self.root).as_posix()


def gather(paths: Sequence[Path], *, root: Path | None = None, exclude: Sequence[str] = ()) -> tuple[Gathered, ...]:
    """The files that are named, and those below the folders, each once.

    Args:
        paths: Files and folders.
        root: The project root for what lies below it; each path's own by default.
        exclude: Patterns of paths and names that are left out below folders.
    """
    found: dict[str, Gathered] = {}
    base = Path(os.path.abspath(root)) if root is not None else None  # noqa: PTH100 - links stay as they are
    for given in paths:
        path = Path(os.path.abspath(given))  # noqa: PTH100 - as above
        home = base if base is not None and path.is_relative_to(base) else project_root(path)
        if path.is_dir():
            below = python_files(path.as_posix(), excluded=excluding(home, exclude))
            found |= {file: Gathered(path=file, root=home, named=False) for file in below if file not in found}
        elif path.suffix == ".py" and path.is_file():
            found[path.as_posix()] = Gathered(path=path.as_posix(), root=home, named=True)
    return tuple(found.values())


def excluding(root: Path, patterns: Sequence[str]) -> Callable[[str], bool] | None:
    """Whether a file or folder is left out by its absolute path; None where there are no patterns.

    Args:
        root: The project root, from which paths are matched.
        patterns: Such as `legacy`, `src/old/*` or `*_old.py`; of the path from the root, or of the name alone.
    """
    if not patterns:
        return None
    prefix = len(root.as_posix().rstrip("/")) + 1

    def unwanted(path: str) -> bool:
        shown = path[prefix:]
        names = (shown, shown.rpartition("/")[2])
        return any(fnmatch.fnmatchcase(name, pattern.rstrip("/")) for pattern in patterns for name in names)

    return unwanted
