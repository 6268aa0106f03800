"""Where a project begins, and which Python files lie in a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Folders that hold other people's code, or copies of one's own.
SKIPPED_FOLDERS = frozenset({"venv", "node_modules", "__pycache__", "site-packages", "build", "dist"})

_MARKERS = ("pyproject.toml", ".git")


def project_root(path: Path) -> Path:
    """The nearest folder at or above `path` with a pyproject.toml or a .git, else the folder given.

    Args:
        path: A file or a folder; it need not exist. Symbolic links are not resolved.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links and leave the project
    # A folder may end in .py too, as repositories do; a file may be one that is still to be written.
    # os.path answers False where a Path raises, as for a name the disk refuses.
    is_folder = os.path.isdir(absolute)  # noqa: PTH112 - for the reason above
    is_file = not is_folder and (absolute.suffix == ".py" or os.path.exists(absolute))  # noqa: PTH110 - as above
    folder = absolute.parent if is_file else absolute
    for candidate in (folder, *folder.parents):
        if is_project(candidate):
            return candidate
    return folder


def root_of(path: Path, *, start: Path) -> Path:
    """The project root of a path: the nearest folder with a pyproject.toml or .git, else `start`, else its folder."""
    root = project_root(path)
    if is_project(root):
        return root
    return start if path.is_relative_to(start) else root


def is_project(folder: Path) -> bool:
    """Whether a folder is the root of a project: it holds a pyproject.toml or a .git."""
    return any(os.path.lexists(folder / marker) for marker in _MARKERS)


def python_files(
    folder: str,
    *,
    excluded: Callable[[str], bool] | None = None,
    failed: Callable[[OSError], None] | None = None,
    suffixes: tuple[str, ...] = (".py",),
) -> Iterator[str]:
    """The Python files below a folder, with forward slashes, in an order that is always the same.

    Hidden files and folders, virtual environments and `SKIPPED_FOLDERS` are left out below the folder, never the
    folder itself. Links to files are followed, links to folders are not, so that no loop and no second name arises.

    Args:
        folder: Where to look; the paths begin with it as given.
        excluded: Whether a file or folder, by its path, is left out with all it holds.
        failed: Told of each folder that cannot be listed; without it they are passed over.
        suffixes: How the names of the files wanted end.
    """
    stack = [folder]
    while stack:
        current = stack.pop()
        try:
            with os.scandir(current) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if failed:
                failed(error)
            continue
        if current != folder and any(entry.name == "pyvenv.cfg" for entry in listed):
            continue
        folders = []
        for entry in listed:
            path = f"{current}/{entry.name}"
            if entry.name.startswith(".") or (excluded and excluded(path)):
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS:
                    folders.append(path)
            elif entry.name.endswith(suffixes) and _is_file(entry):
                yield path
        stack.extend(reversed(folders))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads back to itself
        return False
