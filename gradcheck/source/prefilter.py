"""Questions asked of a file's bytes before anything is parsed; a wrong yes costs a parse, a wrong no a layer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.source.methods import BACKWARD_NAMES, FOREIGN_PAIRS, FORWARD_NAMES

if TYPE_CHECKING:
    from collections.abc import Collection


def _definition_of(names: Collection[str]) -> re.Pattern[bytes]:
    return re.compile(rb"def[ \t]+(?:" + b"|".join(name.encode() for name in sorted(names)) + rb")\b")


# A plain substring search first: it passes over megabytes at the speed of memory, the expressions do not.
_NEEDLES = (b"back", b"bprop", b"def perform")

_BACKWARD_DEF = _definition_of(
    {*BACKWARD_NAMES, *(name for pair in FOREIGN_PAIRS for name in pair)}
    - {"grad", "pullback"}  # found by the `perform` beside them
)
_FORWARD_DEF = _definition_of({*FORWARD_NAMES})

# The literal start keeps the expression fast; `\x80-\xff` are the bytes of letters outside ASCII.
_HEADER = re.compile(
    rb"class[ \t]+([\w\x80-\xff]+)[ \t]*(?:\[[^\]]*+\])?[ \t]*(?:\(((?:[^()]++|\([^()]*+\))*+)\)[ \t\\\r\n]*)?:"
)
_CLASS = re.compile(rb"class[ \t]+([\w\x80-\xff]+)")
_COMMENT = re.compile(rb"#[^\r\n]*")
_DOTTED = re.compile(rb"[\w\x80-\xff.]+(?![\w\x80-\xff.]*[ \t]*=)")

#: Bases that bring no method of a layer, whatever file names them.
_PLAIN_BASES = frozenset(
    {
        "ABC", "BaseException", "Enum", "Exception", "Generic", "IntEnum", "NamedTuple", "Protocol", "RuntimeError",
        "TestCase", "TypedDict", "ValueError", "abc.ABC", "dict", "enum.Enum", "int", "list", "object", "str", "tuple",
        "typing.NamedTuple", "unittest.TestCase",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A `class` line as bytes show it.

    Attributes:
        name: The class's name.
        bases: Dotted names between the parentheses, keyword names left out; perhaps a few too many.
    """

    name: str
    bases: tuple[str, ...]


def defines_backward(data: bytes) -> bool:
    """Whether a file holds a class and a `def` with the name of a backward method."""
    return any(needle in data for needle in _NEEDLES) and b"class" in data and _BACKWARD_DEF.search(data) is not None


def defines_forward(data: bytes) -> bool:
    """Whether a file holds a `def` with the name of a forward method."""
    return _FORWARD_DEF.search(data) is not None


def headers(data: bytes) -> tuple[Header, ...]:
    """The classes of a file, each with the bases from which a layer's methods may come."""
    found = []
    for name, arguments in _HEADER.findall(data):
        written = _COMMENT.sub(b"", arguments) if b"#" in arguments else arguments
        names = (base.decode("utf-8", "replace").strip(".") for base in _DOTTED.findall(written))
        bases = tuple(base for base in names if base and base not in _PLAIN_BASES)
        found.append(Header(name=name.decode("utf-8", "replace"), bases=bases))
    return tuple(found)


def class_names(data: bytes) -> frozenset[str]:
    """Own names of the classes a file defines; perhaps a few too many."""
    return frozenset(name.decode("utf-8", "replace") for name in _CLASS.findall(data))
