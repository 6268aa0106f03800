"""Markdown tables, and their place in docs/benchmarks.md between two markers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column holds words, the others numbers."""
    rule = ["---", *["---:" for _ in header[1:]]]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))


def between(text: str, name: str, content: str) -> str:
    """The text with what stands between the markers of that name exchanged.

    Raises:
        ValueError: The text has not each of the two markers once, the first before the second.
    """
    begin, end = f"<!-- {name}: begin, written by benchmarks/{name}.py -->", f"<!-- {name}: end -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"expected one {begin!r} before one {end!r}")
    head, rest = text.split(begin)
    _, tail = rest.split(end)
    return f"{head}{begin}\n\n{content.strip()}\n\n{end}{tail}"


def publish(name: str, content: str, *, write: bool) -> None:
    """Print the content and, where asked to, write it into the page."""
    print(content)
    if write:
        PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), name, content), encoding="utf-8")
