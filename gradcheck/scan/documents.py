"""A file as the rules see it: its text, and where in the file each line of that text stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gradcheck.scan.model import Span
from gradcheck.source.reading import Problem, decode

# What IPython reads itself, a magic or a question; and cells that are another language altogether.
_MAGIC = re.compile(r"[ \t]*(?:[%!?]|[\w.]+\?{1,2}[ \t]*\Z)")
_OWN_CELL_MAGICS = frozenset({"%%time", "%%timeit", "%%capture", "%%prun"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file's text as scanned.

    Attributes:
        path: The file, posix, relative to the project root.
        text: Python source with line feeds; the code cells of a notebook, one below the other.
        cells: For each cell of a notebook its 1-based number and the 0-based line of `text` it begins on; empty for a
            Python file.
        problems: What kept the file from being read as it should.
    """

    path: str
    text: str
    cells: tuple[tuple[int, int], ...] = ()
    problems: tuple[Problem, ...] = ()

    def span(self, start: tuple[int, int], end: tuple[int, int]) -> Span:
        """Lines and columns of the file from 0-based ones of `text`."""
        cell, first = self._cell(start[0])
        return Span(
            line=start[0] - first + 1,
            column=start[1] + 1,
            end_line=end[0] - first + 1,
            end_column=end[1] + 1,
            cell=cell,
        )

    def line(self, span: Span) -> int:
        """The 0-based line of `text` on which a span of the file begins."""
        return span.line - 1 + dict(self.cells).get(span.cell, 0)

    def _cell(self, line: int) -> tuple[int, int]:
        return next((cell for cell in reversed(self.cells) if cell[1] <= line), (0, 0))


def document(data: bytes, path: str) -> Document:
    """Read a file's bytes, a notebook's by its name."""
    source = decode(data, path)
    if path.endswith(".ipynb"):
        return _notebook(source.text, path, source.problems)
    return Document(path=path, text=source.text, problems=source.problems)


def _notebook(text: str, path: str, problems: tuple[Problem, ...]) -> Document:
    import json  # a Python file needs none of it

    try:
        cells = _code_cells(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        message = f"is no notebook that can be read ({type(error).__name__}); open it and save it again"
        return Document(path=path, text="", problems=(*problems, Problem(path=path, line=0, message=message)))
    starts = []
    lines: list[str] = []
    for number, source in cells:
        starts.append((number, len(lines)))
        lines += _python_lines(source)
    return Document(path=path, text="\n".join(lines), cells=tuple(starts), problems=problems)


def _code_cells(notebook: object) -> list[tuple[int, str]]:
    if not isinstance(notebook, dict):
        raise TypeError("a notebook is a JSON object")
    if "cells" not in notebook:  # format 3 keeps its cells in worksheets, their text under `input`
        notebook = {"cells": [cell for sheet in notebook.get("worksheets", []) for cell in sheet["cells"]]}
    found = []
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            found.append((number, source if isinstance(source, str) else "".join(source)))
    return found


def _python_lines(source: str) -> list[str]:
    """A cell's lines, as many as there are, what is no Python made a comment."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    foreign = first.startswith("%%") and first.split()[0] not in _OWN_CELL_MAGICS
    return [_commented(line) if foreign or _MAGIC.match(line) else line for line in lines]


def _commented(line: str) -> str:
    # The indent stays, so that blocks do; a block of magics alone needs `pass`.
    stripped = line.lstrip()
    indent = line[: len(line) - len(stripped)]
    return f"{indent}pass  # {stripped}" if indent else f"#{stripped[1:]}"
