"""Strings and comments, told from the text alone."""

from __future__ import annotations

import re

#: A string between three quotes; the one between three others is made of it.
_LONG = r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
_SHORT = r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
#: A comment or a string. A quote that begins no string is the last alternative: the text is not understood there.
QUOTED = re.compile(
    "|".join((r"#[^\n]*", _LONG, _LONG.replace('"', "'"), _SHORT, _SHORT.replace('"', "'"), "[\"']")), re.DOTALL
)


def is_stray(quoted: re.Match[str]) -> bool:
    """Whether what was found is a quote that begins no string."""
    return quoted.end() - quoted.start() == 1 and quoted[0] != "#"
