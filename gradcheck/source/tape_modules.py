"""Classes with a forward only that compute with a home-made tape, by what their files import."""

from __future__ import annotations

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


def tape_modules(
    sketches: Mapping[str, Sketch], tapes: Iterable[str], repository: Repository, inheritance: Inheritance
) -> Heirs:
    """Own names of classes in files that know a tape's Tensor, and of their heirs, and the files that hold them.

    Args:
        sketches: Every file that may yield sites.
        tapes: Own names of the tapes' Tensor classes.
        repository: Asked for the import table of a file, which needs no parse.
        inheritance: Asked what an imported name means.
    """
    names = tuple(tapes)
    if not names:
        return Heirs()
    knowing = {path for path in sketches if any(_knows(path, name, repository, inheritance) for name in names)}
    roots = {
        header.name
        for path, sketch in sketches.items()
        for header in sketch.headers
        if path in knowing
        or any(_comes_from_afar(path, base, names, sketches, repository, inheritance) for base in header.bases)
    }
    edges = [
        (path, header.name, tuple(base.rpartition(".")[2] for base in header.bases), sketch.has_forward)
        for path, sketch in sketches.items()
        for header in sketch.headers
    ]
    found = closure(roots - set(names), edges)
    return Heirs(names=found, files=frozenset(path for path, name, _, _ in edges if name in found))


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


def _comes_from_afar(
    path: str,
    base: str,
    names: Iterable[str],
    sketches: Mapping[str, Sketch],
    repository: Repository,
    inheritance: Inheritance,
) -> bool:
    """Whether a base lies in another file that knows the tape."""
    home = next((place for place, _ in inheritance.homes(path, base)), path)
    return home not in sketches and any(_knows(home, name, repository, inheritance) for name in names)


def _knows(path: str, name: str, repository: Repository, inheritance: Inheritance) -> bool:
    outline = repository.outline(path)
    if name not in outline.class_names and name not in outline.names.imported and not outline.names.stars:
        prefixes = [local for local, targets in outline.names.imported.items() if targets]
        return any(_means(path, f"{local}.{name}", inheritance) for local in prefixes if local.islower())
    return _means(path, name, inheritance)


def _means(path: str, written: str, inheritance: Inheritance) -> bool:
    fact = inheritance.resolve(path, written)
    return fact is not None and is_tape(inheritance.lineage(fact))
