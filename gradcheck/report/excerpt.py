"""The lines around a statement, as they stand in its file."""

from __future__ import annotations

import ast
from pathlib import Path

from gradcheck.report.schema import Excerpt

#: Lines an excerpt shows at most: a screen.
MOST_LINES = 40
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def excerpt(root: Path, path: str, line: int, end_line: int = 0, reason: str = "") -> Excerpt | None:
    """The function that holds a line, or as much of it around the line as a screen takes; None where nothing is read.

    Args:
        root: The project root.
        path: File, posix, relative to it.
        line: 1-based.
        end_line: Last line of the statement, `line` where it is not given.
        reason: How the statement was found.
    """
    try:
        text = (root / path).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None
    lines = text.splitlines()
    if not 0 < line <= len(lines):
        return None
    end_line = min(max(line, end_line), len(lines))
    first, last = _around(text, line, len(lines))
    if last - first >= MOST_LINES:
        first = max(first, line - MOST_LINES // 2)
        last = min(last, first + MOST_LINES - 1)
    return Excerpt(
        path=path,
        first=first,
        lines=[_printable(one) for one in lines[first - 1 : last]],
        line=line,
        end_line=min(end_line, last),
        reason=reason,
    )


def _around(text: str, line: int, total: int) -> tuple[int, int]:
    """First and last line of the innermost function that holds a line; those near it where none does."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        tree = ast.Module(body=[], type_ignores=[])
    holding = [
        (min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    if holding:
        return max(holding)
    return max(1, line - MOST_LINES // 4), min(total, line + MOST_LINES // 4)


def _printable(line: str) -> str:
    # A lone surrogate is no text that JSON can hold.
    return line.encode("utf-8", "replace").decode()
