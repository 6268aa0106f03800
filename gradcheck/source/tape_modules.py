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
    roots = {
        header.name
        for path, sketch in sketches.items()
        if any(_knows(path, name, repository, inheritance) for name in names)
        for header in sketch.headers
    }
    edges = [
        (path, header.name, tuple(base.rpartition(".")[2] for base in header.bases), sketch.has_forward)
        for path, sketch in sketches.items()
        for header in sketch.headers
    ]
    found = closure(roots - set(names), edges)
    return Heirs(names=found, files=frozenset(path for path, name, _, _ in edges if name in found))


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


def _knows(path: str, name: str, repository: Repository, inheritance: Inheritance) -> bool:
    outline = repository.outline(path)
    if name not in outline.class_names and name not in outline.names.imported and not outline.names.stars:
        prefixes = [local for local, targets in outline.names.imported.items() if targets]
        return any(_means(path, f"{local}.{name}", inheritance) for local in prefixes if local.islower())
    return _means(path, name, inheritance)


def _means(path: str, written: str, inheritance: Inheritance) -> bool:
    fact = inheritance.resolve(path, written)
    return fact is not None and is_tape(inheritance.lineage(fact))
