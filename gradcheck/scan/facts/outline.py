"""Where functions and classes begin and have surely ended: told from a text that Python reads, without a tree."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from gradcheck.source.quoted import QUOTED, is_stray

# What stands between a keyword and a name: never the end of a line, for a comment may end with a keyword.
_GAP = r"(?:[ \t\f]|\\\n)"
# Each begins with a plain word: the expression engine leaps from one to the next.
_DEF = re.compile(rf"def{_GAP}+(\w+)")
_CLASS = re.compile(rf"class{_GAP}+(\w+)")
#: The head of a class with bases, or with parameters of its type, as far as their bracket.
DERIVED = re.compile(rf"class{_GAP}+(\w+){_GAP}*([(\[])")
#: Functions of one name beyond which nothing is told of them: each costs the lines above it.
_MANY = 20
_HEAD = re.compile(r"(?:class|def|async[ \t]+def)[ \t]")
_INDENTED_CODE = re.compile(r"\n +[^\s#]")
_LONG_QUOTE = re.compile(r"\"\"\"|'''")
_BEFORE = re.compile(r"[ \t]*(?:async[ \t]+)?\Z")


class Extent(NamedTuple):
    """A function or class as far as its text tells.

    Attributes:
        start: Where its `def` or `class` begins.
        end: Where it has ended at the latest: other code may stand between its end and here.
        name: Its name.
        is_class: Whether it is a class.
    """

    start: int
    end: int
    name: str
    is_class: bool


def defined_in(text: str) -> frozenset[str]:
    """The names of at least all functions that a text defines."""
    return frozenset(_DEF.findall(text))


def classes_in(text: str) -> frozenset[str]:
    """The names of at least all classes that a text defines."""
    return frozenset(_CLASS.findall(text))


def may_be_loose(name: str, text: str) -> bool:
    """Whether a function of a name may stand outside of all classes and functions."""
    found = [match.start() for match in _DEF.finditer(text) if match[1] == name]
    return len(found) > _MANY or any(not _is_held(text, position) for position in found)


def _is_held(text: str, position: int) -> bool:
    """Whether what stands above a function is the class or function that surely holds it."""
    column = _column(text, position)
    end = text.rfind("\n", 0, position)
    while column and end >= 0:
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end].lstrip(" \t")
        indent = len(text[start : end - len(line)].expandtabs())
        if line and indent < column and line[0] not in "#)]}\f":
            if _HEAD.match(line):
                # Half a pair of quotes in between: the head itself may stand in a string.
                return all(text.count(quotes, start, position) % 2 == 0 for quotes in ('"""', "'''"))
            column = indent
        end = start - 1
    return False


def extents_in(text: str) -> list[Extent] | None:
    """At least every function and class of a text that Python reads, in order; None where it is not understood.

    What looks like one and stands in a string or a comment is among them.
    """
    strings = None if "\f" in text else _long_strings(text)
    if strings is None:
        return None
    lines = [_Line(match.start(), match[1], is_class=False) for match in _DEF.finditer(text)]
    lines += [_Line(match.start(), match[1], is_class=True) for match in _CLASS.finditer(text)]
    found: list[Extent] = []
    begun: list[tuple[int, _Line]] = []
    inside = _Inside(strings)
    for line in sorted(lines):
        column = _column(text, line.start)
        # Wherever a function or a class begins, whatever was not less indented has ended.
        if _begins_a_line(text, line.start) and not inside.holds(line.start):
            end = _decorated(text, line.start)
            found += [Extent(one.start, end, one.name, one.is_class) for at, one in begun if at >= column]
            begun = [(at, one) for at, one in begun if at < column]
        begun.append((column, line))
    return sorted([*found, *(Extent(one.start, len(text), one.name, one.is_class) for _, one in begun)])


def goes_on(text: str, start: int, position: int) -> bool:
    """Whether the function or class that begins at `start` surely holds code that begins beyond a position."""
    if position >= len(text) or "\t" in text or "\f" in text:
        return False
    stop = end_below(text, start, text.find("\n", start))
    return stop > position and _INDENTED_CODE.search(text, position, stop) is not None


def end_below(text: str, start: int, position: int) -> int:
    """Where the lines after a position end that are further indented than the line at `start`, in a text without tabs.

    Brackets that close may stand in the head of a function or class, further left than what is below it.
    """
    line = text[text.rfind("\n", 0, start) + 1 : start]
    stop = _less_indented(len(line) - len(line.lstrip(" "))).search(text, max(position, 0))
    return stop.start() if stop else len(text)


@cache
def _less_indented(indent: int) -> re.Pattern[str]:
    return re.compile(rf"\n {{0,{indent}}}[^\s)\]}}]")


class _Line(NamedTuple):
    start: int
    name: str
    is_class: bool


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
    """The strings between three quotes, None where there are quotes that are not understood.

    A string that goes on behind a backslash needs no place among them: nothing begins on a line that goes on.
    """
    found = []
    position = 0
    while (opening := _LONG_QUOTE.search(text, position)) is not None:
        start = opening.start()
        line = text[max(text.rfind("\n", 0, start) + 1, position) : start]
        closing = text.find(opening[0], opening.end())
        # Behind a quote, a sign of a comment or a backslash only a reading of all strings tells what this is.
        if any(sign in line for sign in "\"'#") or closing < 0 or text[closing - 1] == "\\":
            return _read_strings(text)
        position = closing + 3
        found.append((start, position))
    return found


def _read_strings(text: str) -> list[tuple[int, int]] | None:
    found = []
    for match in QUOTED.finditer(text):
        if is_stray(match):
            return None
        start, end = match.span()
        if text.find("\n", start, end) >= 0:
            found.append((start, end))
    return found


def _column(text: str, position: int) -> int:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs())


def _decorated(text: str, position: int) -> int:
    """Where the decorators of what begins on a line begin, each on a line of its own."""
    while True:
        end = text.rfind("\n", 0, position)
        start = text.rfind("\n", 0, max(end, 0)) + 1
        line = text[start : max(end, 0)].strip()
        if not line.startswith("@") or line.count("(") != line.count(")") or not _begins_a_line(text, start):
            return position
        position = start


def _begins_a_line(text: str, position: int) -> bool:
    start = text.rfind("\n", 0, position) + 1
    return not text.endswith("\\\n", 0, start) and _BEFORE.match(text, start, position) is not None
