"""GRC900: what Python would not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, _module: Module) -> Iterator[Hit]:
    """Nothing by itself: the engine tells of broken files where it reads them."""
    yield from ()


RULE = Rule(
    code="GRC900",
    name="broken_syntax",
    summary="A file, or a part of one, that cannot be read",
    why="What cannot be read is not checked; the rest of the file and of the run is.",
    remedy="Mend the file as the message says, or exclude it.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    kinds=frozenset(),
    examine=examine,
    bad=(
        Example(text="def forward(self, x:\n    return x\n"),
        Example(text="<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n"),
        Example(text="x = 1\0\n"),
    ),
    good=("x = 1\n", "def f[T](x: T) -> T:\n    return x\n", ""),
)
