"""Bytes of a source file to text, the way Python would read it, but without ever giving up."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

#: Bytes beyond which a file is not read as source; the largest module of torch has a sixth of it.
MAX_BYTES = 8_000_000

# PEP 263: the declaration stands in a comment of the first two lines, the first holding nothing but a comment.
_DECLARATION = re.compile(rb"\A(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What kept discovery from reading a file as it should; one clear line.

    Attributes:
        path: The file, posix, relative to the project root where it lies inside.
        line: 1-based line, 0 where no line is meant.
        message: What is the matter and what to do about it.
    """

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A file's text: newlines are line feeds, no byte order mark, no NUL; `problems` says what had to be replaced."""

    text: str
    problems: tuple[Problem, ...] = ()


def read_bytes(path: str) -> bytes:
    """The first `MAX_BYTES` + 1 bytes of a file.

    Raises:
        OSError: The file cannot be opened or read.
    """
    with open(path, "rb", buffering=0) as handle:  # noqa: PTH123 - a Path for each of 2,000 files costs as much as reading them
        data = handle.read(MAX_BYTES + 1)
    return data or b""


def decode(data: bytes, path: str) -> Text:
    """Text of a source file: byte order mark, then the declared encoding (PEP 263), then UTF-8.

    Args:
        data: The file's bytes.
        path: What to call the file in problems.
    """
    problems = []
    encoding = encoding_of(data)
    if encoding is None:
        declared = _declared(data)
        problems.append(
            Problem(
                path=path, line=1, message=f"declares the unknown encoding {declared!r}, read as UTF-8; declare utf-8"
            )
        )
        encoding = "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = 1 + _normalised(data[:start].decode("latin-1")).count("\n")
        message = (
            f"is not valid {encoding.removesuffix('-sig')} at byte {start}, read with replacement characters; "
            "save it as UTF-8 or declare its encoding on line 1"
        )
        problems.append(Problem(path=path, line=line, message=message))
        text = data.decode(encoding, "replace")
    text = _normalised(text)
    if "\0" in text:
        line = 1 + text[: text.index("\0")].count("\n")
        problems.append(Problem(path=path, line=line, message="holds NUL bytes, which Python refuses; remove them"))
        text = text.replace("\0", " ")
    return Text(text=text, problems=tuple(problems))


def _normalised(text: str) -> str:
    # Python counts a lone carriage return as a line end, the parser does not.
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _declared(data: bytes) -> str:
    match = _DECLARATION.match(data)
    return match[1].decode("ascii") if match else ""


def encoding_of(data: bytes) -> str | None:
    """The codec a source file is read with: its byte order mark or declaration says; None where that is unknown."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    declared = _declared(data)
    if not declared:
        return "utf-8"
    try:
        # Python wants ASCII to read as ASCII; a codec that is no text (rot13) or cannot replace (idna) is none either.
        usable = b"source\xff".decode(declared, "replace").startswith("source")
    except (LookupError, ValueError):
        return None
    return codecs.lookup(declared).name if usable else None
