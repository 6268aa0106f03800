"""Patterns of files as a .gitignore writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One line of a .gitignore.

    Attributes:
        regex: Matches a path relative to the file's folder, with forward slashes.
        negated: Whether it takes back what an earlier line says (`!`).
        folders_only: Whether it means folders alone (`name/`).
    """

    regex: re.Pattern[str]
    negated: bool
    folders_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """The lines of one file, in order; the last that matches a path decides about it."""

    patterns: tuple[Pattern, ...]

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """True where the path is left out, False where it is taken back, None where no line is about it.

        Args:
            path: Relative to the folder of the patterns, with forward slashes.
            is_folder: Whether it is a folder.
        """
        for pattern in reversed(self.patterns):
            if (is_folder or not pattern.folders_only) and pattern.regex.fullmatch(path):
                return not pattern.negated
        return None

    def leaves_out(self, path: str) -> bool:
        """Whether a file is left out, by itself or with a folder it lies in."""
        parts = path.split("/")
        above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
        return any(self.verdict(folder, is_folder=True) for folder in above) or bool(
            self.verdict(path, is_folder=False)
        )


def patterns(lines: Iterable[str]) -> Patterns:
    """Read the lines of a .gitignore; empty lines and comments say nothing."""
    found = (_pattern(line.rstrip("\r\n")) for line in lines)
    return Patterns(patterns=tuple(pattern for pattern in found if pattern))


def _pattern(line: str) -> Pattern | None:
    # Spaces at the end count where a backslash says so.
    text = re.sub(r"(?<!\\)((?:\\\\)*)[ \t]+$", r"\1", line)
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[negated:]
    folders_only = text.endswith("/")
    text = text.rstrip("/") if folders_only else text
    anchored = "/" in text
    text = text.removeprefix("/")
    if not text:
        return None
    try:
        regex = re.compile(("" if anchored else "(?:.*/)?") + _translated(text), re.DOTALL)
    except re.error:  # a range that runs backwards, such as [z-a]
        return None
    return Pattern(regex=regex, negated=negated, folders_only=folders_only)


def _translated(text: str) -> str:
    """The regular expression of a pattern: `*` and `?` stop at slashes, `**` between slashes does not."""
    parts: list[str] = []
    position = 0
    while position < len(text):
        if text.startswith("**/", position) and (position == 0 or text[position - 1] == "/"):
            parts.append("(?:.*/)?")
            position += 3
        elif (
            text.startswith("**", position) and position > 0 and text[position - 1] == "/" and len(text) == position + 2
        ):
            parts.append(".+")
            position += 2
        elif text[position] == "[" and (close := _closing(text, position)):
            parts.append(_characters(text[position + 1 : close]))
            position = close + 1
        elif text[position] == "\\" and position + 1 < len(text):
            parts.append(re.escape(text[position + 1]))
            position += 2
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(text[position]) or re.escape(text[position]))
            position += 1
    return "".join(parts)


def _closing(text: str, opening: int) -> int:
    """Where a set of characters ends; 0 where it does not. A `]` that comes first belongs to it."""
    start = opening + 1 + text.startswith(("!", "^"), opening + 1)
    return max(text.find("]", start + 1), 0)


def _characters(inside: str) -> str:
    negated = inside[:1] in {"!", "^"}
    members = inside[1:] if negated else inside
    escaped = re.sub(r"([\[\]^&~|])", r"\\\1", members.replace("\\", "\\\\"))
    return f"(?!/)[{'^' if negated else ''}{escaped}]"
