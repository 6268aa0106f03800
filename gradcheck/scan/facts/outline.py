"""Where functions begin and have surely ended, told from the text of a file that Python reads, without a tree."""

from __future__ import annotations

import re
from typing import NamedTuple

#: A string between three quotes; the one between three others is made of it.
_LONG = r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
_SHORT = r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
# A quote that begins no string is the last alternative: where one is met, the text is not understood.
_QUOTED = re.compile(
    "|".join((r"#[^\n]*", _LONG, _LONG.replace('"', "'"), _SHORT, _SHORT.replace('"', "'"), "[\"']")), re.DOTALL
)
# Each begins with a plain word: the expression engine leaps from one to the next.
_DEF = re.compile(r"def[\s\\]+(\w+)")
_CLASS = re.compile(r"class[ \t]+\w")
_BEFORE = re.compile(r"[ \t]*(?:async[ \t]+)?\Z")


class Extent(NamedTuple):
    """A function as far as its text tells.

    Attributes:
        start: Where its `def` begins.
        end: Where it has ended at the latest: other code may stand between its end and here.
        name: Its name.
    """

    start: int
    end: int
    name: str


def extents_in(text: str) -> list[Extent] | None:
    """At least every function of a text that Python reads, by where it begins; None where the text is not understood.

    What looks like a function and stands in a string or a comment is among them.
    """
    strings = None if "\f" in text else _long_strings(text)
    if strings is None:
        return None
    lines = [_Line(match.start(), match[1]) for match in _DEF.finditer(text)]
    lines += [_Line(match.start(), "") for match in _CLASS.finditer(text)]
    found: list[Extent] = []
    begun: list[tuple[int, _Line]] = []
    inside = _Inside(strings)
    for line in sorted(lines):
        column = _column(text, line.start)
        # Wherever a function or a class begins, whatever was not less indented has ended.
        if _begins_a_line(text, line.start) and not inside.holds(line.start):
            found += [Extent(one.start, line.start, one.name) for at, one in begun if at >= column]
            begun = [(at, one) for at, one in begun if at < column]
        if line.name:
            begun.append((column, line))
    return sorted([*found, *(Extent(one.start, len(text), one.name) for _, one in begun)])


class _Line(NamedTuple):
    start: int
    name: str


class _Inside:
    """Stretches of a text, asked from the first to the last."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._spans = iter(spans)
        self._current = next(self._spans, None)

    def holds(self, position: int) -> bool:
        while self._current is not None and self._current[1] <= position:
            self._current = next(self._spans, None)
        return self._current is not None and self._current[0] < position


def _long_strings(text: str) -> list[tuple[int, int]] | None:
    """The strings that go over several lines, None where there are quotes that are not understood."""
    found = []
    for match in _QUOTED.finditer(text):
        start, end = match.span()
        if end - start == 1 and text[start] != "#":
            return None
        if text.find("\n", start, end) >= 0:
            found.append((start, end))
    return found


def _column(text: str, position: int) -> int:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs())


def _begins_a_line(text: str, position: int) -> bool:
    start = text.rfind("\n", 0, position) + 1
    return not text.endswith("\\\n", 0, start) and _BEFORE.match(text, start, position) is not None
