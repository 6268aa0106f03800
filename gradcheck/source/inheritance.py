"""Bases across the files of a repository: from a name after `class X(` to the methods it brings."""

from __future__ import annotations

import builtins
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.source.names import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcheck.source.classes import ClassFact, MethodFact
    from gradcheck.source.repository import Outline, Repository

#: Ancestors above ancestors that are followed at once; real layers have three or four.
MAX_DEPTH = 100

#: Places a name is followed to before it counts as lost; a package of packages that hand names on needs a dozen.
MAX_PLACES = 200

#: Parts of a dotted name; imports that lead in a circle make it grow without end.
MAX_PARTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A class and what it inherits from, in the order Python looks methods up.

    Attributes:
        classes: The class itself, then its bases found in the repository.
        outside: Dotted names of the bases that are not in the repository.
    """

    classes: tuple[ClassFact, ...]
    outside: tuple[str, ...]

    def find(self, name: str) -> MethodFact | None:
        """The method a call of `name` reaches; None where there is none, or where an attribute hides it."""
        for fact in self.classes:
            if name in fact.methods:
                return fact.methods[name]
            if name in fact.attributes:
                return None
        return None

    def defines(self, name: str) -> bool:
        """Whether any class of the lineage defines `name`, as a method or otherwise."""
        return any(name in fact.methods or name in fact.attributes for fact in self.classes)

    def ancestor_names(self) -> frozenset[str]:
        """Own names of all ancestors, in the repository or not, the class itself left out."""
        return frozenset(
            {*(fact.name for fact in self.classes[1:]), *(name.rpartition(".")[2] for name in self.outside)}
        )


class Inheritance:
    """Resolves the bases of one repository's classes, each class once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._lineages: dict[tuple[str, str, int], Lineage] = {}
        self._open: set[tuple[str, str, int]] = set()

    def lineage(self, fact: ClassFact) -> Lineage:
        """The class with its ancestors; a circle of bases is cut where it closes."""
        key = (fact.path, fact.qualname, fact.line)
        known = self._lineages.get(key)
        if known:
            return known
        if key in self._open or len(self._open) >= MAX_DEPTH:
            return Lineage(classes=(), outside=())
        self._open.add(key)
        order: list[ClassFact] = []
        outside: dict[str, None] = {}
        for written in fact.base_names:
            base, dotted = self._base(fact, written)
            if base is None:
                outside[dotted] = None
            else:
                above = self.lineage(base)
                order += above.classes
                outside.update(dict.fromkeys(above.outside))
        self._open.discard(key)
        # Left to right, and a shared ancestor after all that inherit from it: what Python's order comes to.
        last = {id(ancestor): index for index, ancestor in enumerate(order)}
        ancestors = (ancestor for index, ancestor in enumerate(order) if last[id(ancestor)] == index)
        found = self._lineages[key] = Lineage(classes=(fact, *ancestors), outside=tuple(outside))
        return found

    def homes(self, path: str, written: str) -> Iterator[tuple[str, str]]:
        """Where a dotted name written in a file may lead, best first: (file, qualified name), judged without a parse.

        Args:
            path: The file, absolute.
            written: The name as it stands there; what it means at the end of the file counts.
        """
        waiting = deque([(path, tuple(written.split(".")))])
        seen = set(waiting)
        while waiting and len(seen) <= MAX_PLACES:
            place, parts = waiting.popleft()
            outline = self._repository.outline(place)
            if parts[-1] in outline.class_names:
                yield place, ".".join(parts)
            for further in self._further(place, parts, outline):
                if further not in seen and len(further[1]) <= MAX_PARTS:
                    seen.add(further)
                    waiting.append(further)

    def resolve(self, path: str, written: str) -> ClassFact | None:
        """The class a dotted name means in a file (absolute path); None when it is not in the repository."""
        found = (self._own(home, qualname) for home, qualname in self.homes(path, written))
        return next((fact for fact in found if fact), None)

    def _base(self, fact: ClassFact, written: str) -> tuple[ClassFact | None, str]:
        """The class a base means, and the dotted name it goes by when it is not in the repository."""
        path = self._repository.absolute(fact.path)
        scope = fact.qualname.rpartition(".")[0]
        if scope:
            inner = self._own(path, f"{scope}.{written}", before=fact.line)
            if inner is not None:
                return inner, written
        for home, qualname in self.homes(path, written):
            # `class Linear(Linear)`: the name still means what it meant above this line.
            found = self._own(home, qualname, before=fact.line if home == path else 0)
            if found:
                return found, written
        names = self._repository.outline(path).names
        candidates = names.dotted(written)
        if not candidates and names.stars and not hasattr(builtins, written):
            candidates = (join(names.stars[0], written),)
        return None, candidates[0] if candidates else written

    def _own(self, path: str, qualname: str, *, before: int = 0) -> ClassFact | None:
        """The last class of that name in a file, above line `before` where one is given."""
        classes = [c for c in self._repository.facts(path).classes if c.qualname == qualname]
        return max((c for c in classes if not before or c.line < before), key=lambda c: c.line, default=None)

    def _further(self, path: str, parts: tuple[str, ...], outline: Outline) -> Iterator[tuple[str, tuple[str, ...]]]:
        """One step of following a name out of a file: through its imports, its aliases, its `import *`."""
        targets = outline.names.dotted(".".join(parts))
        for target in targets:
            yield from self._imported(path, target)
        if not targets and parts[0] not in outline.class_names:
            alias = self._repository.aliases(path).get(parts[0])
            if alias:
                yield path, (*alias.split("."), *parts[1:])
        for star in outline.names.stars:
            yield from ((module, parts) for module in self._repository.modules.places(path, star))

    def _imported(self, path: str, dotted: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        stem = dotted.lstrip(".")
        dots = dotted[: len(dotted) - len(stem)]
        parts = tuple(stem.split("."))
        # The longest module first: `layers.base.Layer` is Layer in layers/base.py before base.Layer in layers.
        for length in range(len(parts) - 1, -1 if dots else 0, -1):
            for module in self._repository.modules.places(path, dots + ".".join(parts[:length])):
                yield module, parts[length:]
