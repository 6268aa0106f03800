"""Lines of a fixed width: cutting, wrapping, columns, numbers."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ELLIPSIS = "…"
# The mark checks put behind the odd line of a table; such a line is the last to be left out.
MARK = "<-"
# Significant digits of a number that is not close to what it is compared with.
FEWEST_DIGITS = 6
# The digits after which two different doubles always look different.
MOST_DIGITS = 17


def cut(text: str, width: int) -> str:
    """The text in one line of at most `width` characters; what is too long loses its middle.

    >>> cut("a rather long sentence", 12)
    'a rath…tence'
    """
    line = " ".join(text.split("\n"))
    if len(line) <= width:
        return line
    kept = max(width - len(ELLIPSIS), 0)
    tail = kept // 2
    return line[: kept - tail] + ELLIPSIS + (line[-tail:] if tail else "")


def wrap(text: str, width: int, *, indent: str = "") -> list[str]:
    """The text in lines of at most `width` characters, broken between words; later lines are indented."""
    wrapped = textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [cut(line, width) for line in wrapped]


def fit(lines: Sequence[str], room: int) -> list[str]:
    """At most `room` of the lines, in their order: the first, then the marked ones, then the rest from the top."""
    if len(lines) <= room:
        return list(lines)
    if room <= 0:
        return []
    ranked = sorted(range(len(lines)), key=lambda i: (i != 0, MARK not in lines[i], i))
    kept = sorted(ranked[: room - 1])
    left_out = len(lines) - len(kept)
    return [*(lines[i] for i in kept), f"  {ELLIPSIS} {count(left_out, 'more line')} (-v)"]


def count(number: int, noun: str) -> str:
    """A number and its noun, in the plural where there is not exactly one.

    >>> count(1, "layer"), count(3, "layer"), count(2, "entry")
    ('1 layer', '3 layers', '2 entries')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"


def pair(expected: float, actual: float) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to see how they differ.

    >>> pair(2.5, 0.3125)
    ('+2.5', '+0.3125')
    >>> pair(1.0, 1.00000000002)
    ('+1', '+1.00000000002')
    """
    return number(expected, _digits(expected, actual)), number(actual, _digits(expected, actual))


def number(value: float, digits: int = FEWEST_DIGITS) -> str:
    """A signed number with that many significant digits; zero has one sign only."""
    return f"{value + 0.0:+.{digits}g}" if math.isfinite(value) else f"{value:g}"


def columns(rows: Sequence[Sequence[str]], *, indent: str = "  ", gap: str = "  ") -> list[str]:
    """Rows as aligned lines: the first column to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        indent + gap.join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def _digits(expected: float, actual: float) -> int:
    difference = abs(actual - expected)
    scale = max(abs(expected), abs(actual))
    if not (math.isfinite(difference) and difference > 0):
        return MOST_DIGITS if expected == actual and difference == 0 else FEWEST_DIGITS
    # Two digits of the difference itself.
    wanted = math.ceil(math.log10(scale) - math.log10(difference)) + 2
    return min(max(wanted, FEWEST_DIGITS), MOST_DIGITS)
