"""Edits of a text as scanned, made in the bytes it was read from: line ends, byte order mark and encoding stay."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from gradcheck.scan.documents import document
from gradcheck.scan.model import Edit
from gradcheck.source.reading import encoding_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.scan.documents import Document

# How notebooks are written: by Jupyter, and by editors that go their own way.
_STYLES = [(indent, ascii_only) for indent in (1, 2, 4, "\t", None) for ascii_only in (False, True)]


class RewriteError(ValueError):
    """Edits that cannot be made in a file; the message says why, after the file's name."""


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text with edits made, which are in order and do not overlap."""
    parts = []
    position = 0
    for edit in edits:
        parts += [text[position : edit.start], edit.replacement]
        position = edit.end
    return "".join((*parts, text[position:]))


def rewritten(data: bytes, path: str, edits: Sequence[Edit]) -> bytes:
    """A file's bytes with edits made.

    Args:
        data: The file's bytes.
        path: Its name.
        edits: Of the text as scanned, in order, not overlapping.

    Raises:
        RewriteError: The file was not read as it is written, or the edits cannot be written in it.
    """
    source = document(data, path)
    if source.problems:
        raise RewriteError(f"is left as it is: it {source.problems[0].message}")
    encoding = encoding_of(data) or "utf-8"
    raw = data.decode(encoding)
    made = _notebook(raw, source, edits) if path.endswith(".ipynb") else _python(raw, edits)
    try:
        # The mark that utf-8-sig took away on reading comes back on writing; other codecs keep theirs in the text.
        answer = made.encode(encoding)
    except UnicodeEncodeError as error:
        raise RewriteError(
            f"is left as it is: {error.object[error.start]!r} cannot be written in {encoding}"
        ) from error
    return answer


def _python(raw: str, edits: Sequence[Edit]) -> str:
    # Where a line ends in two characters, what follows stands one further back in the raw text.
    ends = [index - shift for shift, index in enumerate(_pairs(raw))]
    newline = "\r\n" if len(ends) * 2 > raw.count("\n") else "\n"
    moved = [
        Edit(
            start=edit.start + bisect_left(ends, edit.start),
            end=edit.end + bisect_left(ends, edit.end),
            replacement=edit.replacement.replace("\n", newline),
        )
        for edit in edits
    ]
    return edited(raw, moved)


def _pairs(raw: str) -> list[int]:
    found = []
    index = raw.find("\r\n")
    while index >= 0:
        found.append(index)
        index = raw.find("\r\n", index + 2)
    return found


def _notebook(raw: str, source: Document, edits: Sequence[Edit]) -> str:
    loaded: dict[str, Any] = json.loads(raw)
    dumped = _style(raw, loaded)
    cells = loaded.get("cells") or [cell for sheet in loaded["worksheets"] for cell in sheet["cells"]]
    lines = source.text.split("\n")
    offsets = _offsets(lines)
    bounds = [*(first for _, first in source.cells), len(lines)]
    for (number, first), last in zip(source.cells, bounds[1:], strict=True):
        begin, end = offsets[first], offsets[last] - 1
        inside = [edit for edit in edits if begin <= edit.start <= end]
        if not inside:
            continue
        cell = cells[number - 1]
        key = "source" if "source" in cell else "input"
        written = cell[key] if isinstance(cell[key], str) else "".join(cell[key])
        made = _cell(written, source.text[begin:end], begin, inside, number)
        cell[key] = made if isinstance(cell[key], str) else made.splitlines(keepends=True)
    return dumped(loaded)


def _cell(written: str, scanned: str, begin: int, edits: Sequence[Edit], number: int) -> str:
    """A cell's own text with edits made; lines that are no Python were scanned as comments, and those stay."""
    if "\r" in written or any(edit.end - begin > len(scanned) for edit in edits):
        raise RewriteError(f"is left as it is: cell {number} cannot be edited by itself")
    own, seen = written.split("\n"), scanned.split("\n")
    starts, own_starts = _offsets(seen), _offsets(own)
    back = []
    for edit in edits:
        first, last = (bisect_right(starts, offset - begin) - 1 for offset in (edit.start, edit.end))
        if own[first : last + 1] != seen[first : last + 1]:
            raise RewriteError(f"is left as it is: what would change in cell {number} is no Python")
        shift = own_starts[first] - starts[first] - begin
        back.append(Edit(start=edit.start + shift, end=edit.end + shift, replacement=edit.replacement))
    return edited(written, back)


def _offsets(lines: Sequence[str]) -> list[int]:
    found = [0]
    for line in lines:
        found.append(found[-1] + len(line) + 1)
    return found


def _style(raw: str, loaded: object) -> Callable[[object], str]:
    """How to write a notebook so that nothing but the edits changes; Jupyter's own way where none reproduces it."""

    def writer(indent: str | int | None, ascii_only: bool, end: str, newline: str) -> Callable[[object], str]:  # noqa: FBT001
        return lambda value: (json.dumps(value, indent=indent, ensure_ascii=ascii_only) + end).replace("\n", newline)

    end = raw[len(raw.rstrip()) :].replace("\r\n", "\n")
    newline = "\r\n" if "\r\n" in raw else "\n"
    writers = [writer(indent, ascii_only, end, newline) for indent, ascii_only in _STYLES]
    return next((write for write in writers if write(loaded) == raw), writers[0])
