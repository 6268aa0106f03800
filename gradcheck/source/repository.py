"""The files of one project as discovery asks for them: each parsed at most once, and only when asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.source.classes import ClassFact, classes_in
from gradcheck.source.functions import FunctionFact, functions_in
from gradcheck.source.modules import Modules
from gradcheck.source.names import Names, aliases_in, names_in
from gradcheck.source.pair_names import may_hold
from gradcheck.source.parse import UnparsableError, damage, parse
from gradcheck.source.prefilter import Header, class_names
from gradcheck.source.reading import MAX_BYTES, Problem, decode, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a file's text says without a parse.

    Attributes:
        names: Its import table.
        class_names: Own names of its classes.
    """

    names: Names
    class_names: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFact:
    """What one file says: its classes and functions, and what kept it from being read whole."""

    classes: tuple[ClassFact, ...] = ()
    functions: tuple[FunctionFact, ...] = ()
    problems: tuple[Problem, ...] = ()


class Repository:
    """The Python files of a project; paths are absolute strings with forward slashes unless called posix.

    Args:
        root: The project root, absolute.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.modules = Modules(root.as_posix())
        self._bytes: dict[str, bytes] = {}
        self._outlines: dict[str, Outline] = {}
        self._aliases: dict[str, Mapping[str, str]] = {}
        self._facts: dict[str, ModuleFact] = {}

    def posix(self, path: str) -> str:
        """A file's path relative to the root; starts with `..` when it lies outside."""
        prefix = self.root.as_posix().rstrip("/") + "/"
        return path[len(prefix) :] if path.startswith(prefix) else Path(os.path.relpath(path, self.root)).as_posix()

    def absolute(self, posix: str) -> str:
        """The file a posix path relative to the root means."""
        path = (self.root / posix).as_posix()
        return Path(os.path.normpath(path)).as_posix() if posix.startswith("..") else path

    def keep(self, path: str, data: bytes) -> None:
        """Remember a file's bytes, already read, until they are parsed."""
        self._bytes[path] = data

    def outline(self, path: str) -> Outline:
        """What a file says without a parse; empty where it cannot be read, as `facts` will say."""
        found = self._outlines.get(path)
        if found is None:
            data = self._data(path)
            readable = b"" if isinstance(data, OSError) else data
            found = Outline(names=names_in(decode(readable, path).text), class_names=class_names(readable))
            self._outlines[path] = found
        return found

    def mentions(self, path: str, *needles: bytes) -> bool:
        """Whether a file's bytes hold each of these; no parse."""
        data = self._data(path)
        return not isinstance(data, OSError) and all(needle in data for needle in needles)

    def aliases(self, path: str) -> Mapping[str, str]:
        """Names a file gives to others at module level."""
        found = self._aliases.get(path)
        if found is None:
            data = self._data(path)
            text = "" if isinstance(data, OSError) else decode(data, path).text
            found = self._aliases[path] = aliases_in(text)
        return found

    def facts(self, path: str) -> ModuleFact:
        """The classes of a file, parsed when first asked for."""
        found = self._facts.get(path)
        if found is None:
            found = self._facts[path] = self._read(path)
            self._bytes.pop(path, None)
        return found

    def headers(self, path: str) -> tuple[Header, ...]:
        """The classes of a file, parsed for it, in the form that bytes alone give of others."""
        return tuple(Header(name=fact.name, bases=fact.base_names) for fact in self.facts(path).classes)

    def _data(self, path: str) -> bytes | OSError:
        data = self._bytes.get(path)
        if data is None:
            try:
                data = read_bytes(path)
            except OSError as error:
                return error
        return data

    def _read(self, path: str) -> ModuleFact:
        posix = self.posix(path)
        data = self._data(path)
        if isinstance(data, OSError):
            return ModuleFact(problems=(unreadable(posix, data),))
        if len(data) > MAX_BYTES:
            message = f"is larger than {MAX_BYTES // 1_000_000} MB and was skipped; move its layers to a smaller file"
            return ModuleFact(problems=(Problem(path=posix, line=0, message=message),))
        source = decode(data, posix)
        try:
            tree = parse(source.text)
        except UnparsableError as error:
            return ModuleFact(problems=(*source.problems, _problem(posix, error)))
        broken = damage(tree, source.text)
        problems: Iterable[Problem] = (*source.problems, _problem(posix, broken)) if broken else source.problems
        functions = functions_in(tree, posix) if may_hold(data) else ()
        return ModuleFact(classes=classes_in(tree, posix), functions=functions, problems=tuple(problems))


def unreadable(path: str, error: OSError) -> Problem:
    """A file or folder the operating system will not give us, as one line."""
    return Problem(path=path, line=0, message=f"cannot be read: {error.strerror or error}")


def _problem(path: str, error: UnparsableError) -> Problem:
    return Problem(path=path, line=error.line, message=str(error))
