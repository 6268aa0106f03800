"""Runs that were saved, found by what a person calls them."""

from __future__ import annotations

import re
from pathlib import Path

from gradcheck.errors import UsageError
from gradcheck.recording.layout import HOME
from gradcheck.report.schema import Document
from gradcheck.report.writing import REPORT, read


def find(name: str, *, start: Path, root: Path) -> Path:
    """The document that a person means.

    Args:
        name: A JSON file, a run's folder, or a run's number or name below .gradcheck/runs; the newest of that name, or
            of all where it is "".
        start: The folder the person stands in.
        root: The project root, where runs are looked for as well.

    Raises:
        UsageError: There is none.
    """
    path = start / name
    if name and path.is_file():
        return path
    if name and (path / REPORT).is_file():
        return path / REPORT
    known: list[str] = []
    for home in dict.fromkeys((start / HOME, root / HOME)):
        saved = sorted(folder.name for folder in home.glob("*") if (folder / REPORT).is_file())
        matching = [one for one in saved if not name or name == one or name in _names(one)]
        if matching:
            return home / matching[-1] / REPORT
        known += saved
    if name and (path / "run.json").is_file():
        raise UsageError(f"{name} is a training that was recorded, not a run of checks")
    runs = f"; there are {', '.join(known)}" if known else "; --save-run saves one"
    if not name:
        raise UsageError(f"there is no run below {HOME}{runs}")
    raise UsageError(f"there is no run {name!r}, neither a file nor below {HOME}{runs}")


def load(name: str, *, start: Path, root: Path) -> Document:
    """Read the run that a person means; see `find`."""
    return read(find(name, start=start, root=root))


def _names(folder: str) -> tuple[str, ...]:
    """What the folder of a run may be called for short: `0007-main` is 0007, 7 and main."""
    match = re.fullmatch(r"(\d+)(?:-(.+))?", folder)
    return (match[1], str(int(match[1])), *filter(None, (match[2],))) if match else ()
