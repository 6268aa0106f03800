"""Classes that may be nn.Modules, by the names of their bases, before the files that hold them are parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.source.families import is_torch_module
from gradcheck.source.heirs import Heirs, closure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcheck.source.heirs import Sketch
    from gradcheck.source.inheritance import Inheritance
    from gradcheck.source.repository import Repository

#: Where torch keeps what modules inherit from.
PACKAGE = "torch.nn."


def torch_modules(sketches: Mapping[str, Sketch], repository: Repository, inheritance: Inheritance) -> Heirs:
    """Own names of classes that inherit from torch.nn, through any number of classes, and the files that hold them.

    Args:
        sketches: Every file that may yield sites.
        repository: Asked for the import table of a file, which needs no parse.
        inheritance: Asked for bases that lie in files that are not among the sketches.
    """
    own = {header.name for sketch in sketches.values() for header in sketch.headers}
    roots = {
        header.name
        for path, sketch in sketches.items()
        if sketch.names_torch
        for header in sketch.headers
        if any(
            _is_torch(repository, path, base) or (base not in own and _is_module_afar(inheritance, path, base))
            for base in header.bases
        )
    }
    if not roots:
        return Heirs()
    edges = [
        (path, header.name, tuple(base.rpartition(".")[2] for base in header.bases), sketch.has_forward)
        for path, sketch in sketches.items()
        for header in sketch.headers
    ]
    names = closure(roots, edges)
    return Heirs(names=names, files=frozenset(path for path, name, _, _ in edges if name in names))


def _is_torch(repository: Repository, path: str, base: str) -> bool:
    outline = repository.outline(path).names
    dotted = outline.dotted(base) or tuple(f"{star}.{base}" for star in outline.stars)
    return any(name.startswith(PACKAGE) for name in dotted)


def _is_module_afar(inheritance: Inheritance, path: str, base: str) -> bool:
    fact = inheritance.resolve(path, base)
    return fact is not None and is_torch_module(inheritance.lineage(fact))
