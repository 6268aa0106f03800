"""Which files are scanned: the paths a person gave, without what git ignores and what the project leaves out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.scan.patterns import Patterns, patterns
from gradcheck.source.project import python_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Endings of the files that hold Python.
SUFFIXES = (".py", ".ipynb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What will be scanned.

    Attributes:
        files: Absolute paths, each once, in the order of the paths given.
        problems: Folders that cannot be listed, one line each.
    """

    files: tuple[Path, ...]
    problems: tuple[str, ...] = ()


def select(
    paths: Sequence[Path],
    *,
    root: Path,
    exclude: Sequence[str] = (),
    respect_gitignore: bool = True,
    force_exclude: bool = False,
) -> Selection:
    """The files below paths.

    Args:
        paths: Files and folders that exist, absolute.
        root: The project root, absolute.
        exclude: Patterns as in a .gitignore that stood in the root.
        respect_gitignore: Leave out what git ignores.
        force_exclude: Leave out files too that were named themselves.
    """
    problems: list[str] = []

    def failed(error: OSError) -> None:
        problems.append(f"{error.filename}: the folder cannot be listed ({error.strerror or error})")

    leaves_out = _excluder(root, patterns(exclude), respect_gitignore=respect_gitignore)
    files: dict[Path, None] = {}
    for path in paths:
        if force_exclude and _is_left_out(path, root, leaves_out):
            continue
        if path.is_dir():
            below = python_files(path.as_posix(), suffixes=SUFFIXES, excluded=leaves_out, failed=failed)
            files.update(dict.fromkeys(map(Path, below)))
        else:
            files[path] = None
    return Selection(files=tuple(files), problems=tuple(problems))


def _excluder(root: Path, excluded: Patterns, *, respect_gitignore: bool) -> Callable[[str], bool]:
    """Whether a file or folder is left out, its folder being known not to be."""
    base = root.as_posix().rstrip("/")
    top = _git_root(root).as_posix().rstrip("/")
    read = cache(_gitignore)
    # Asked of paths outside the project too, where its patterns say nothing.
    own = f"{base}/"

    def leaves_out(path: str) -> bool:
        is_folder = not path.endswith(SUFFIXES) or os.path.isdir(path)  # noqa: PTH112 - a Path for each file is slow
        if excluded.patterns and path.startswith(own) and excluded.verdict(path[len(own) :], is_folder=is_folder):
            return True
        return respect_gitignore and _ignored(path, top, read, is_folder=is_folder)

    return leaves_out


def _is_left_out(path: Path, root: Path, leaves_out: Callable[[str], bool]) -> bool:
    """Whether a path or a folder between it and the root is left out."""
    between = [folder for folder in path.parents if folder != root and folder.is_relative_to(root)]
    return any(leaves_out(step.as_posix()) for step in (*reversed(between), path))


def _ignored(path: str, top: str, read: Callable[[str], Patterns], *, is_folder: bool) -> bool:
    """Whether git ignores a path; the file nearest to it has the last word, `.git/info/exclude` the first."""
    if not path.startswith(f"{top}/"):
        return False
    folder = path
    while folder != top:
        folder = folder.rpartition("/")[0]
        verdict = read(f"{folder}/.gitignore").verdict(path[len(folder) + 1 :], is_folder=is_folder)
        if verdict is not None:
            return verdict
    return bool(read(f"{top}/.git/info/exclude").verdict(path[len(top) + 1 :], is_folder=is_folder))


def _git_root(root: Path) -> Path:
    """The nearest folder at or above the root that git keeps, else the root itself."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def _gitignore(path: str) -> Patterns:
    try:
        return patterns(Path(path).read_text(encoding="utf-8", errors="replace").split("\n"))
    except OSError:  # most folders have none
        return Patterns(patterns=())
