"""Which files and folders below a project root are left out: what the project excludes and what git ignores."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from gradcheck.scan.patterns import Patterns, patterns


def excluder(
    root: Path, exclude: Sequence[str], *, respect_gitignore: bool, suffixes: tuple[str, ...]
) -> Callable[[str], bool]:
    """Whether a file or folder, by its absolute path, is left out, when the folder it lies in is not.

    Args:
        root: The project root, absolute.
        exclude: Patterns as in a .gitignore that stood in the root.
        respect_gitignore: Leave out what git ignores.
        suffixes: How names of files end; what ends otherwise is looked up on the disk.
    """
    excluded = patterns(exclude)
    own = f"{root.as_posix().rstrip('/')}/"
    top = _git_root(root).as_posix().rstrip("/")

    @cache
    def above(folder: str) -> tuple[tuple[int, Patterns], ...]:
        """What git leaves out in a folder, the nearest file first, each with where the paths it is about begin."""
        if folder == top:
            own = (f"{top}/.gitignore", f"{top}/.git/info/exclude")
            return tuple((len(top) + 1, said) for said in map(_gitignore, own) if said.patterns)
        if not folder.startswith(f"{top}/"):
            return ()
        said = _gitignore(f"{folder}/.gitignore")
        higher = above(folder.rpartition("/")[0])
        return ((len(folder) + 1, said), *higher) if said.patterns else higher

    def leaves_out(path: str) -> bool:
        is_folder = not path.endswith(suffixes) or os.path.isdir(path)  # noqa: PTH112 - a Path for each file is slow
        if excluded.patterns and path.startswith(own) and excluded.verdict(path[len(own) :], is_folder=is_folder):
            return True
        if respect_gitignore:
            for start, said in above(path.rpartition("/")[0]):
                verdict = said.verdict(path[start:], is_folder=is_folder)
                if verdict is not None:
                    return verdict
        return False

    return leaves_out


def is_left_out(path: Path, root: Path, leaves_out: Callable[[str], bool]) -> bool:
    """Whether a path, or a folder between it and the root, is left out."""
    between = [folder for folder in path.parents if folder != root and folder.is_relative_to(root)]
    return any(leaves_out(step.as_posix()) for step in (*reversed(between), path))


def _git_root(root: Path) -> Path:
    """The nearest folder at or above the root that git keeps, else the root itself."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def _gitignore(path: str) -> Patterns:
    try:
        return patterns(Path(path).read_text(encoding="utf-8", errors="replace").split("\n"))
    except OSError:  # most folders have none
        return Patterns(patterns=())
