"""Functions that give a class its `backward` while the program runs: gradients are off until one of them is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from gradcheck.source.project import python_files
from gradcheck.source.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Files that are looked through for a switch nobody declared; a bound on time.
MAX_FILES = 2000

_PATCH = re.compile(
    rb"^([ \t]*)(?:(\w+)\.backward[ \t]*=(?!=)|setattr\([ \t]*(\w+)[ \t]*,[ \t]*[\"']backward[\"'])", re.MULTILINE
)
_FUNCTION = re.compile(rb"^def[ \t]+(\w+)[ \t]*\(([^)]*)\)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A place that patches a class.

    Attributes:
        cls: Own name of the class.
        path: The file, absolute.
        function: The function that does it, callable without arguments; "" where importing the file does.
    """

    cls: str
    path: str
    function: str


def switches_in(path: str, data: bytes) -> Iterator[Switch]:
    """The switches of one file.

    Args:
        path: The file.
        data: Its bytes.
    """
    if b"backward" not in data:
        return
    for match in _PATCH.finditer(data):
        name = (match[2] or match[3]).decode()
        if name in {"self", "cls"}:
            continue
        if not match[1]:
            yield Switch(cls=name, path=path, function="")
            continue
        above = list(_FUNCTION.finditer(data, 0, match.start()))
        if above and all(b"=" in part or not part.strip() for part in above[-1][2].split(b",")):
            yield Switch(cls=name, path=path, function=above[-1][1].decode())


def switches_of(name: str, root: Path) -> Iterator[Switch]:
    """The switches of a class, looked for in every file of its project.

    Args:
        name: Own name of the class.
        root: The project root.
    """
    for path in islice(python_files(root.as_posix()), MAX_FILES):
        try:
            data = read_bytes(path)
        except OSError:
            continue  # a file that cannot be read holds no switch that could be pulled
        yield from (switch for switch in switches_in(path, data) if switch.cls == name)
