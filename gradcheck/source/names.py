"""What a module's names stand for: local name to dotted name, read from the text without parsing it.

Reading `import` statements by expression keeps the way through a package's `__init__.py` free of any parse. A line of a
docstring that looks like an import adds a name nobody asks for; a name may stand for several dotted names
(`try: from .base import Layer`, `except ImportError: from base import Layer`), tried in the order written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_REST = r"((?:[^\n;\\]|\\\n)*)"
_FROM = re.compile(
    rf"[ \t]*from[ \t]+(\.+[ \t]*[\w.]*|[\w.]+)[ \t]*(?:\\\n[ \t]*)?import\b[ \t]*(?:\(([^)]*)\)|{_REST})"
)
_IMPORT = re.compile(rf"[ \t]*import[ \t]+{_REST}")
_WORD = re.compile(r"import\b")  # starts with a plain word: the expression engine leaps from one to the next
_ALIAS = re.compile(r"^(\w+)[ \t]*=[ \t]*([^\W\d][\w.]*)[ \t]*(?:#[^\n]*)?$", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")
_ITEM = re.compile(r"\s*([\w.]+|\*)(?:\s+as\s+(\w+))?\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The import table of one module.

    Attributes:
        imported: Local name to what it may stand for; a relative import keeps its leading dots (`.base.Layer`).
        stars: Modules imported with `*`, leading dots kept.
    """

    imported: Mapping[str, tuple[str, ...]]
    stars: tuple[str, ...] = ()

    def dotted(self, name: str) -> tuple[str, ...]:
        """The dotted names an expression such as `base.Layer` may stand for; empty when its first part is local."""
        first, _, rest = name.partition(".")
        return tuple(join(target, rest) for target in self.imported.get(first, ()))


def join(module: str, name: str) -> str:
    """A module's name and a name inside it as one dotted name; leading dots of a relative import are kept."""
    if not name:
        return module
    return f"{module}{name}" if module.endswith(".") else f"{module}.{name}"


def names_in(text: str) -> Names:
    """Read the import table of a module's text; line ends must be line feeds."""
    imported: defaultdict[str, dict[str, None]] = defaultdict(dict)
    stars: dict[str, None] = {}
    for word in _WORD.finditer(text):
        start = _statement_start(text, word.start())
        if match := _FROM.match(text, start):
            module = "".join(match[1].split())
            for name, local in _items(match[2] if match[2] is not None else match[3]):
                if name == "*":
                    stars[module] = None
                else:
                    imported[local or name][join(module, name)] = None
        elif match := _IMPORT.match(text, start):
            for name, local in _items(match[1]):
                # `import a.b` binds `a`; `import a.b as c` binds what is inside.
                bound, target = (local, name) if local else (name.partition(".")[0],) * 2
                imported[bound][target] = None
    return Names(imported={name: tuple(targets) for name, targets in imported.items()}, stars=tuple(stars))


def aliases_in(text: str) -> dict[str, str]:
    """Names that a module gives to others at module level, `Layer = base.Module`; line ends must be line feeds."""
    return dict(_ALIAS.findall(text))


def _statement_start(text: str, position: int) -> int:
    """Where the statement around `position` begins: after a line end, a semicolon or a colon."""
    start = text.rfind("\n", 0, position) + 1
    while start >= 2 and text[start - 2] == "\\":
        start = text.rfind("\n", 0, start - 1) + 1
    before = text[start:position]
    return start + max(before.rfind(";"), before.rfind(":")) + 1


def _items(written: str) -> Iterator[tuple[str, str]]:
    plain = _COMMENT.sub("", written) if "#" in written else written
    for item in plain.replace("\\\n", " ").split(","):
        word = item.strip()
        if word.isidentifier():  # as most are
            yield word, ""
        elif match := _ITEM.match(item):
            yield match[1], match[2] or ""
