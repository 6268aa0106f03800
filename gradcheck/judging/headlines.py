"""Headlines: how long they may be, and how many names they list."""

from __future__ import annotations

from collections.abc import Iterable

#: The headline is also the JUnit message and the annotation; longer ones are cut there anyway.
LONGEST_HEADLINE = 100
#: Names written out before the rest is counted: more would leave no room for what is said of them.
MOST_NAMES = 3


def within(headline: str) -> str:
    """The headline, cut where it is too long."""
    return headline if len(headline) <= LONGEST_HEADLINE else f"{headline[: LONGEST_HEADLINE - 1]}…"


def listed(names: Iterable[str]) -> str:
    """Some names, and how many more.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ('`a`, `b`', '`a`, `b`, `c` and 2 more')
    """
    known = list(names)
    shown = ", ".join(f"`{name}`" for name in known[:MOST_NAMES])
    return shown + (f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else "")
