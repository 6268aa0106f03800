"""From a module's name in an import statement to the file it may be, without asking Python's import system.

Paths are absolute strings with forward slashes: a few thousand of them are handled per run.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.source.project import python_files

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Files of the project looked through for a module that no import path leads to; a bound on time, not a promise.
MAX_INDEXED = 20_000

#: Packages nobody keeps a second copy of: their modules are not searched for all over the project.
_ELSEWHERE = frozenset({*sys.stdlib_module_names, "numpy", "scipy", "torch", "tensorflow", "keras", "jax"})


class Modules:
    """The modules of one project: where Python would look first, then the nearest file of that name."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._is_file: dict[str, bool] = {}
        self._places: dict[tuple[str, str], tuple[str, ...]] = {}
        self._index: dict[str, list[str]] | None = None

    def places(self, importer: str, dotted: str) -> tuple[str, ...]:
        """The files a module may be, best first; empty when the project has none.

        Args:
            importer: The file with the import statement.
            dotted: The module's name; leading dots count folders up from the importer's own.
        """
        folder = _parent(importer)
        key = (folder, dotted)
        found = self._places.get(key)
        if found is None:
            stem = dotted.lstrip(".")
            level = len(dotted) - len(stem)
            parts = stem.split(".") if stem else []
            places = self._relative(folder, level, parts) if level else self._absolute(folder, parts)
            found = self._places[key] = tuple(dict.fromkeys(places))
        return found

    def _relative(self, folder: str, level: int, parts: list[str]) -> Iterator[str]:
        for _ in range(level - 1):
            folder = _parent(folder)
        yield from self._module(folder, parts)

    def _absolute(self, folder: str, parts: list[str]) -> Iterator[str]:
        found = False
        for start in self._starts(folder):
            for place in self._module(start, parts):
                found = True
                yield place
        if not found and parts and parts[0] not in _ELSEWHERE:
            yield from self._nearest(folder, parts)

    def _starts(self, folder: str) -> Iterator[str]:
        """Where an absolute import may begin: above the package, the folder itself, every folder up to the root."""
        anchor = folder
        while anchor and self._exists(f"{anchor}/__init__.py"):
            anchor = _parent(anchor)
        yield anchor
        yield folder
        if folder.startswith(f"{self._root}/"):
            while folder != self._root:
                folder = _parent(folder)
                yield folder
        yield f"{self._root}/src"

    def _module(self, folder: str, parts: list[str]) -> Iterator[str]:
        stem = "/".join((folder, *parts))
        # A package goes before a module of the same name, as in Python.
        if self._exists(f"{stem}/__init__.py"):
            yield f"{stem}/__init__.py"
        if parts and self._exists(f"{stem}.py"):
            yield f"{stem}.py"

    def _nearest(self, folder: str, parts: list[str]) -> list[str]:
        if self._index is None:
            self._index = defaultdict(list)
            for path in islice(python_files(self._root), MAX_INDEXED):
                self._index[path.rpartition("/")[2]].append(path)
        tail = "/".join(("", *parts))
        found = [path for path in self._index.get("__init__.py", ()) if path.endswith(f"{tail}/__init__.py")]
        found += [path for path in self._index.get(f"{parts[-1]}.py", ()) if path.endswith(f"{tail}.py")]
        return sorted(found, key=lambda path: (-len(os.path.commonpath([folder, path])), len(path), path))

    def _exists(self, path: str) -> bool:
        found = self._is_file.get(path)
        if found is None:
            try:
                found = Path(path).is_file()
            except OSError:  # a name too long, a folder that may not be entered
                found = False
            self._is_file[path] = found
        return found


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
