"""Classes that may inherit a backward, by the names of their bases, before the files that hold them are parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.source.methods import BACKWARD_NAMES, FOREIGN_PAIRS, FORWARD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gradcheck.source.classes import ClassFact
    from gradcheck.source.inheritance import Inheritance
    from gradcheck.source.prefilter import Header

_FORWARDS = frozenset({*FORWARD_NAMES, *(forward for forward, _ in FOREIGN_PAIRS)})
_BACKWARDS = frozenset({*BACKWARD_NAMES, *(backward for _, backward in FOREIGN_PAIRS)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is known of a file that may yield sites before it is parsed.

    Attributes:
        headers: Its classes.
        has_forward: Whether a `def` in it has the name of a forward method.
        names_torch: Whether it says torch anywhere.
    """

    headers: tuple[Header, ...]
    has_forward: bool
    names_torch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heritage:
    """Own names of bases from files that yield no sites: those that give a backward, those that have a forward."""

    backward: frozenset[str] = frozenset()
    forward: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heirs:
    """Who has a backward, as far as names alone can tell.

    Attributes:
        names: Own names of classes with a backward, of their own or inherited.
        files: Files with a class that inherits one and may have a forward too.
    """

    names: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


def has_backward(fact: ClassFact) -> bool:
    """Whether a class defines a backward itself, stub or not."""
    return not _BACKWARDS.isdisjoint(fact.methods)


def gives_backward(fact: ClassFact) -> bool:
    """Whether a class defines a backward that its heirs can use as it is; a stub would leave them abstract."""
    return any(name in _BACKWARDS and not found.method.is_stub for name, found in fact.methods.items())


def heirs(givers: Iterable[str], afar: Heritage, sketches: Mapping[str, Sketch], inheritance: Inheritance) -> Heirs:
    """Follow base names down from the classes that give a backward, through any number of classes.

    Args:
        givers: Own names of classes in `sketches` that give a backward.
        afar: What other files give.
        sketches: Every file that may yield sites.
        inheritance: Asked what a base means that no class in `sketches` is called (`import Layer as L`).
    """
    own = {header.name for sketch in sketches.values() for header in sketch.headers}
    edges = [
        (path, header.name, tuple(_own_names(path, header, own, inheritance)), sketch.has_forward)
        for path, sketch in sketches.items()
        for header in sketch.headers
    ]
    backward = closure({*givers, *afar.backward}, edges)
    forward = closure({*afar.forward, *(name for _, name, _, has_forward in edges if has_forward)}, edges)
    return Heirs(
        names=backward,
        files=frozenset(
            path
            for path, _, bases, has_forward in edges
            if not backward.isdisjoint(bases) and (has_forward or not forward.isdisjoint(bases))
        ),
    )


def from_afar(sketches: Mapping[str, Sketch], inheritance: Inheritance) -> Heritage:
    """What the files in `sketches` inherit from files that are not among them.

    Only a name that leads to such a file is followed, so that nothing is parsed when all bases are in hand.
    """
    backward: set[str] = set()
    forward: set[str] = set()
    for path, sketch in sketches.items():
        here = {header.name for header in sketch.headers}
        for base in dict.fromkeys(base for header in sketch.headers for base in header.bases):
            home, _ = next(inheritance.homes(path, base), (path, "")) if base not in here else (path, "")
            if home in sketches:
                continue
            fact = inheritance.resolve(path, base)
            lineage = inheritance.lineage(fact).classes if fact else ()
            if fact and any(gives_backward(ancestor) for ancestor in lineage):
                backward.add(fact.name)
            if fact and any(not _FORWARDS.isdisjoint(ancestor.methods) for ancestor in lineage):
                forward.add(fact.name)
    return Heritage(backward=frozenset(backward), forward=frozenset(forward))


def closure(start: set[str], edges: Sequence[tuple[str, str, tuple[str, ...], bool]]) -> frozenset[str]:
    """`start` and the names of all classes below it."""
    found = set(start)
    size = -1
    while size != len(found):
        size = len(found)
        found.update(name for _, name, bases, _ in edges if not found.isdisjoint(bases))
    return frozenset(found)


def _own_names(path: str, header: Header, known: set[str], inheritance: Inheritance) -> Iterator[str]:
    for base in header.bases:
        own = base.rpartition(".")[2]
        yield own
        if own not in known:
            yield from (qualname.rpartition(".")[2] for _, qualname in inheritance.homes(path, base))
