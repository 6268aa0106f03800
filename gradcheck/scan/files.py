"""From the paths a person gives to the files that are read, each with the project it belongs to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from gradcheck.scan.exclusion import excluder, is_left_out
from gradcheck.scan.model import Settings
from gradcheck.source.modules import MAX_INDEXED
from gradcheck.source.project import is_project, project_root, python_files

#: What is read below a folder.
SUFFIXES = (".py", ".ipynb")
#: What is read when it is given by name.
_NAMED = (*SUFFIXES, ".pyi", ".pyw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to be read.

    Attributes:
        file: Its absolute path.
        path: The path it is told by: posix, relative to the project root where it lies below.
        data: What is read instead of the file, which then need not exist; None: the file.
    """

    file: str
    path: str
    data: bytes | None = None


@dataclass(slots=True, kw_only=True)
class Gathered:
    """The files of a run.

    Attributes:
        projects: For each project root its files, in a steady order.
        unusable: Paths that cannot be used, one line each.
        warnings: Folders that could not be listed, one line each.
    """

    projects: dict[Path, dict[str, Source]] = field(default_factory=dict)
    unusable: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def gather(paths: Iterable[Path], settings: Settings, overlay: Mapping[Path, bytes]) -> Gathered:
    """Every file that the paths name or hold.

    Args:
        paths: Files and folders.
        settings: What is left out.
        overlay: What is read instead of files, by absolute path.
    """
    found = Gathered()
    for given in paths:
        path = Path(os.path.abspath(given))  # noqa: PTH100 - links stay as they are
        try:
            is_folder, is_file, exists = path.is_dir(), path.is_file(), path.exists()
        except OSError as error:
            found.unusable.append(f"{given}: cannot be read ({error.strerror})")
            continue
        if path in overlay:
            is_folder, is_file, exists = False, True, True
        if not exists:
            found.unusable.append(f"{given}: does not exist; give a Python file, a notebook or a folder")
            continue
        root = settings.root if settings.root and path.is_relative_to(settings.root) else project_root(path)
        sources = found.projects.setdefault(root, {})
        if settings.force_exclude and is_left_out(path, root, _unwanted(root, settings)):
            continue
        if is_folder:
            for name in _below(path, root, settings, found.warnings):
                sources.setdefault(name, _source(name, root, overlay.get(Path(name)) if overlay else None))
        elif is_file and path.suffix in _NAMED:
            sources.setdefault(path.as_posix(), _source(path.as_posix(), root, overlay.get(path)))
        else:
            found.unusable.append(f"{given}: is no Python file and no notebook")
    return found


def around(root: Path, taken: Iterable[str], settings: Settings) -> list[Source]:
    """The other files of a project: what they say counts, what is in them is not told."""
    if not settings.root and not is_project(root):
        return []  # a file by itself: whatever lies beside it in a downloads folder is no project
    known = set(taken)
    names = _below(root, root, settings, [])
    return [_source(name, root) for name in islice(names, MAX_INDEXED) if name not in known]


def _below(path: Path, root: Path, settings: Settings, warnings: list[str]) -> Iterator[str]:
    def failed(error: OSError) -> None:
        shown = os.path.relpath(str(error.filename), root)
        warnings.append(f"{shown}: cannot be listed ({error.strerror}), what is below it was not read")

    return python_files(path.as_posix(), excluded=_unwanted(root, settings), failed=failed, suffixes=SUFFIXES)


def _unwanted(root: Path, settings: Settings) -> Callable[[str], bool]:
    return excluder(root, settings.exclude, respect_gitignore=settings.respect_gitignore, suffixes=SUFFIXES)


def _source(name: str, root: Path, data: bytes | None = None) -> Source:
    prefix = root.as_posix().rstrip("/") + "/"
    shown = name[len(prefix) :] if name.startswith(prefix) else Path(os.path.relpath(name, root)).as_posix()
    return Source(file=name, path=shown, data=data)
