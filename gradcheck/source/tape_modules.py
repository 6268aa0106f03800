"""Classes with a forward only that compute with a home-made tape, by what their files import."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradcheck.source.families import is_tape, is_torch_module
from gradcheck.source.heirs import Heirs, closure
from gradcheck.source.methods import BACKWARD_NAMES, FORWARD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradcheck.source.heirs import Sketch
    from gradcheck.source.inheritance import Inheritance, Lineage
    from gradcheck.source.model import Method
    from gradcheck.source.repository import Repository

#: The family of such a class.
TAPE_MODULE = "tape_module"
#: Forwards of any object; a class with no other is a module where it also lists its parameters.
CALL = "__call__"
PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTapes:
    """Who computes with a tape, as far as names and imports can tell.

    Attributes:
        heirs: Own names of the classes, and the files that hold them.
        knowing: Files that know a tape's Tensor, posix, relative to the root: a class is a module of the tape where its
            own file or that of a base is one of them.
    """

    heirs: Heirs = field(default_factory=Heirs)
    knowing: frozenset[str] = frozenset()


def tape_modules(
    sketches: Mapping[str, Sketch], tapes: Iterable[str], repository: Repository, inheritance: Inheritance
) -> OfTapes:
    """Classes in files that know a tape's Tensor, and their heirs.

    Args:
        sketches: Every file that may yield sites.
        tapes: Own names of the tapes' Tensor classes.
        repository: Asked for the import table of a file, which needs no parse.
        inheritance: Asked what an imported name means.
    """
    names = tuple(tapes)
    if not names:
        return OfTapes()
    knowing = {path for path in sketches if any(_knows(path, name, repository, inheritance) for name in names)}
    roots: set[str] = set()
    for path, sketch in sketches.items():
        for header in sketch.headers:
            homes = [home for base in header.bases for home in _afar(path, base, sketches, inheritance)]
            far = [home for home in homes if any(_knows(home, name, repository, inheritance) for name in names)]
            knowing.update(far)
            if path in knowing or far:
                roots.add(header.name)
    edges = [
        (path, header.name, tuple(base.rpartition(".")[2] for base in header.bases), sketch.has_forward)
        for path, sketch in sketches.items()
        for header in sketch.headers
    ]
    found = closure(roots - set(names), edges)
    return OfTapes(
        heirs=Heirs(names=found, files=frozenset(path for path, name, _, _ in edges if name in found)),
        knowing=frozenset(repository.posix(path) for path in knowing),
    )


def tapes_afar(sketches: Mapping[str, Sketch], repository: Repository, inheritance: Inheritance) -> frozenset[str]:
    """Own names of tapes' Tensor classes that the files in `sketches`, or their bases, import from other files."""
    found: set[str] = set()
    asked: set[tuple[str, str]] = set()
    waiting = list(sketches)
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        names = repository.outline(path).names
        for written in (name for name in names.imported if name[:1].isupper()):
            for home, qualname in inheritance.homes(path, written):
                if home in sketches or (home, qualname) in asked:
                    continue
                asked.add((home, qualname))
                if repository.mentions(home, b"def backward", b"__add__") or repository.mentions(
                    home, b"def backward", b"__mul__"
                ):
                    fact = inheritance.resolve(path, written)
                    if fact is not None and is_tape(inheritance.lineage(fact)):
                        found.add(fact.name)
                elif path in sketches and home not in seen:
                    # A base's file may know the tape that its heirs' files do not name.
                    seen.add(home)
                    waiting.append(home)
    return frozenset(found)


def forward_of(lineage: Lineage) -> Method | None:
    """The forward of a class that is a module of a tape by its own methods; None where it is something else."""
    if is_torch_module(lineage) or any(is_tape_like(fact.methods) for fact in lineage.classes):
        return None
    if any(lineage.find(name) for name in BACKWARD_NAMES):
        return None
    found = next((fact for name in FORWARD_NAMES if name != CALL and (fact := lineage.find(name))), None)
    if found is None and lineage.find(PARAMETERS):
        found = lineage.find(CALL)
        if found is not None and any(name in found.calls for name in FORWARD_NAMES):
            return None  # a base whose heirs bring the forward it calls
    if found is None or found.method.is_static or found.method.is_stub or found.raises:
        return None
    return found.method


def is_tape_like(methods: Iterable[str]) -> bool:
    """Whether a class computes with operators, as a Tensor does and a module does not."""
    return "__mul__" in methods or "__add__" in methods


def _afar(path: str, base: str, sketches: Mapping[str, Sketch], inheritance: Inheritance) -> list[str]:
    """The file of a base, where it is not among those that may yield sites."""
    home = next((place for place, _ in inheritance.homes(path, base)), path)
    return [] if home in sketches else [home]


def _knows(path: str, name: str, repository: Repository, inheritance: Inheritance) -> bool:
    outline = repository.outline(path)
    if name not in outline.class_names and name not in outline.names.imported and not outline.names.stars:
        prefixes = [local for local, targets in outline.names.imported.items() if targets]
        return any(_means(path, f"{local}.{name}", inheritance) for local in prefixes if local.islower())
    return _means(path, name, inheritance)


def _means(path: str, written: str, inheritance: Inheritance) -> bool:
    fact = inheritance.resolve(path, written)
    return fact is not None and is_tape(inheritance.lineage(fact))
