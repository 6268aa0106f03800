"""What the rehearsal process loads before it forks, so that no worker pays for it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Ahead:
    """Modules that earlier jobs needed."""

    def __init__(self) -> None:
        self._parts: set[str] = set()
        self._importers: dict[str, set[Path]] = {}

    def needed(self, modules: Iterable[str]) -> None:
        """Remember parts of ours, and of NumPy, that a job used: cheap, and the next job uses them as well."""
        self._parts.update(modules)

    def imported(self, file: Path, libraries: Iterable[str]) -> None:
        """Remember that a file led to libraries that take a second to load."""
        for library in libraries:
            self._importers.setdefault(library, set()).add(file)

    def of(self, file: Path) -> list[str]:
        """What to load for a file: every part, and the libraries that it names itself or that two files led to.

        A second spent on a library that one file of many needs is a second lost.
        """
        try:
            text = file.read_bytes()
        except OSError:  # told by the import itself
            text = b""
        libraries = {name for name, files in self._importers.items() if len(files) > 1 or name.encode() in text}
        return sorted(self._parts | libraries)
